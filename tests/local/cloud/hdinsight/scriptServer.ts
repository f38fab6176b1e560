import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import type { CertificateAuthority } from "../../../../local/cloud/tls";

/** Serves scripts at https addresses of this machine, with a certificate that a twin trusts. */
export class ScriptServer {
  /** Paths that were asked for. */
  readonly asked: string[] = [];
  private readonly scripts = new Map<string, string>();

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(tls: Pick<CertificateAuthority, "issue">): Promise<ScriptServer> {
    const server = createServer(await tls.issue(["127.0.0.1"]));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const made = new ScriptServer(server, `https://127.0.0.1:${(server.address() as AddressInfo).port}`);
    server.on("request", ({ url = "" }, response) => {
      made.asked.push(url);
      const text = made.scripts.get(url);
      response.writeHead(text === undefined ? 404 : 200).end(text);
    });
    return made;
  }

  /** The address at which a script is from now on. */
  serve(text: string, name = `${this.scripts.size}.sh`): string {
    this.scripts.set(`/${name}`, text);
    return `${this.url}/${name}`;
  }

  stop(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }
}
