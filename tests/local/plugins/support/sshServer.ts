import { spawn } from "node:child_process";
import { type Connection, Server, utils } from "ssh2";
import { generateSshKeyPair, type SshKeyPair } from "../../../../local/setup/sshKey";

/** An SSH server on loopback that runs commands with the machine's own shell, for tests of clients. */
export class SshServer {
  readonly user: SshKeyPair = generateSshKeyPair("user");
  readonly hostKey: SshKeyPair = generateSshKeyPair("host");
  readonly password = "CANARY-ssh-password";
  /** Commands that were run, with their standard input and the variables that came with them. */
  readonly runs: { command: string; stdin: string; environment: Record<string, string> }[] = [];
  /** How many of the next connections to drop at once, as a host does that is still starting. */
  dropNext = 0;
  private readonly server: Server;
  private readonly connections = new Set<Connection>();
  port = 0;

  constructor() {
    this.server = new Server({ hostKeys: [this.hostKey.privateKey] }, (connection) => this.serve(connection));
  }

  listen(): Promise<this> {
    return new Promise((resolve) => {
      this.server.listen(0, "127.0.0.1", () => {
        this.port = (this.server.address() as { port: number }).port;
        resolve(this);
      });
    });
  }

  async close(): Promise<void> {
    for (const connection of this.connections) connection.end();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private serve(connection: Connection): void {
    this.connections.add(connection);
    connection.on("error", () => {}).on("close", () => this.connections.delete(connection));
    if (this.dropNext-- > 0) {
      connection.end();
      return;
    }
    connection.on("authentication", (context) => {
      const key = utils.parseKey(this.user.publicKey);
      const byKey =
        context.method === "publickey" && !(key instanceof Error) && context.key.data.equals(key.getPublicSSH());
      const byPassword = context.method === "password" && context.password === this.password;
      if (context.username === "sshuser" && (byKey || byPassword)) context.accept();
      else context.reject(["publickey", "password"]);
    });
    connection.on("ready", () => connection.on("session", (accept) => this.session(accept())));
  }

  private session(session: import("ssh2").Session): void {
    const environment: Record<string, string> = {};
    session.on("env", (accept, _reject, info) => {
      environment[info.key] = info.val;
      accept?.();
    });
    session.on("exec", (accept, _reject, info) => {
      const channel = accept();
      const run = { command: info.command, stdin: "", environment };
      this.runs.push(run);
      const child = spawn("/bin/sh", ["-c", info.command], { env: { ...process.env, ...environment } });
      child.stdout.pipe(channel, { end: false });
      child.stderr.pipe(channel.stderr, { end: false });
      channel.on("data", (chunk: Buffer) => {
        run.stdin += chunk;
        child.stdin.write(chunk);
      });
      channel.on("end", () => child.stdin.end());
      channel.on("close", () => child.kill());
      child.stdin.on("error", () => {});
      child.on("close", (code) => {
        channel.exit(code ?? 1);
        channel.end();
      });
    });
  }
}
