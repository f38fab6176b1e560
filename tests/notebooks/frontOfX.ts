import * as http from "node:http";
import type { AddressInfo } from "node:net";
import { XApi, type XApiOptions } from "../../local/cloud/x";
import { silentLog } from "../../local/log";
import { toolPaths } from "../../local/paths";

/** An answer in place of X's. */
export interface Fault {
  status: number;
  headers?: Record<string, string>;
}

/** The twin's X API with faults before it. */
export class FrontOfX {
  /** Answers to the next requests, by path; X is asked when there are none left. */
  readonly faults: Record<string, (() => Fault)[]> = {};
  /** Every request as `METHOD path`, with the query decoded. */
  readonly requests: string[] = [];
  /** Milliseconds after which the next stream breaks off. */
  breakStreamAfter: number | undefined;

  private constructor(
    private readonly api: XApi,
    private readonly server: http.Server,
  ) {}

  static async start(bearerToken: string, options: Partial<XApiOptions>): Promise<FrontOfX> {
    const api = new XApi({ dataset: toolPaths().dataset, log: silentLog, keepAliveMs: 500, bearerToken, ...options });
    const { port } = await api.listen();
    const server = http.createServer((request, response) => front.answer(port, request, response));
    const front = new FrontOfX(api, server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return front;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
    await this.api.close();
  }

  private answer(port: number, request: http.IncomingMessage, response: http.ServerResponse): void {
    const { method, url = "", headers } = request;
    this.requests.push(`${method} ${decodeURIComponent(url)}`);
    const [path] = url.split("?");
    const fault = this.faults[path]?.shift()?.();
    if (fault) {
      response.writeHead(fault.status, { "content-type": "application/json", ...fault.headers });
      response.end(JSON.stringify({ title: "Fault", detail: "Made by a test", status: fault.status }));
      return;
    }
    const forwarded = http.request({ host: "127.0.0.1", port, method, path: url, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
      if (this.breakStreamAfter === undefined || !path.endsWith("/stream")) return;
      setTimeout(() => response.destroy(), this.breakStreamAfter);
      this.breakStreamAfter = undefined;
    });
    forwarded.on("error", () => response.destroy());
    response.on("close", () => forwarded.destroy());
    request.pipe(forwarded);
  }
}
