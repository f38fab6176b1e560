import * as net from "node:net";
import { type Connection, Server, type ServerChannel, type Session } from "ssh2";
import type { Logger } from "../../log";
import { machine } from "../../network/loopback";
import type { Place } from "../../network/place";
import { withFaults } from "../faults";
import type { UnsupportedCalls } from "../unsupported";
import { Authenticator, type Login } from "./login";
import { ShellCommand, type ShellOptions } from "./shell";

export interface SshServerOptions {
  login: Login;
  /** OpenSSH private key that the server identifies itself with. */
  hostKey: string;
  shell: ShellOptions;
  log: Logger;
  /** Told of requests that the twin does not imitate. */
  unsupported?: UnsupportedCalls;
}

/** Milliseconds that a client has to log in. */
const loginGrace = 60_000;

/** What Ubuntu's sshd accepts from clients (`AcceptEnv LANG LC_*`). */
const acceptedVariables = /^(LANG|LC_\w+)$/;

/**
 * SSH as a head node answers it: a login by key, commands under bash. Each channel runs one command; terminals, file
 * transfer, and forwarding of ports, agents and displays are refused, as the protocol lets a server refuse them.
 */
export class SshServer {
  private readonly server: Server;
  private readonly listener: net.Server;
  private readonly connections = new Set<Connection>();
  private readonly commands = new Set<ShellCommand>();

  constructor(private readonly options: SshServerOptions) {
    const authenticator = new Authenticator(options.login);
    this.server = new Server({ hostKeys: [options.hostKey], ident: "HDInsightTwin", keepaliveInterval: 30_000 });
    this.server.on("connection", (connection) => this.serve(connection, authenticator));
    const { log } = options;
    this.listener = net.createServer((socket) => {
      withFaults(socket, log, (open) => this.server.injectSocket(open)).catch((error) => {
        log.error("ssh connection failed", { error });
        socket.destroy();
      });
    });
  }

  /** Rejects, naming the address, when it is taken. */
  async listen(host: string, port: number, place: Place = machine): Promise<void> {
    const target = await place.listen(host, port);
    await new Promise<void>((resolve, reject) => {
      this.listener.once("error", (error: NodeJS.ErrnoException) =>
        reject(new Error(`SSH cannot listen on ${host}:${port} (${error.code ?? error.message})`)),
      );
      this.listener.listen(target, () => resolve());
    });
  }

  /** Hangs up on every client and ends its command. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.listener.close(() => resolve()));
    await Promise.all([...this.commands].map((command) => command.hangUp()));
    for (const connection of this.connections) connection.end();
    await closed;
  }

  private serve(connection: Connection, authenticator: Authenticator): void {
    this.connections.add(connection);
    const late = setTimeout(() => connection.end(), loginGrace).unref();
    connection.on("authentication", (attempt) => authenticator.decide(attempt));
    connection.on("ready", () => clearTimeout(late));
    connection.on("session", (accept) => this.converse(accept()));
    connection.on("tcpip", (_accept, reject) => this.refuse("open", "direct-tcpip", reject));
    connection.on("request", (_accept, reject, name) => this.refuse("request", name, reject));
    // Clients that leave without a word are everyday life.
    connection.on("error", (error) => this.options.log.info("ssh connection ended", { reason: error.message }));
    connection.on("close", () => {
      clearTimeout(late);
      this.connections.delete(connection);
    });
  }

  private converse(session: Session): void {
    const environment: Record<string, string> = {};
    const command = new ShellCommand(this.options.shell);
    session.on("env", (accept, reject, { key, val }) => {
      if (!acceptedVariables.test(key)) return reject?.();
      environment[key] = val;
      accept?.();
    });
    session.on("signal", (accept, reject, { name }) => (command.signal(name) ? accept?.() : reject?.()));
    session.on("pty", (_accept, reject) => this.refuse("request", "pty-req", reject));
    session.on("x11", (_accept, reject) => this.refuse("request", "x11-req", reject));
    session.on("auth-agent", (_accept, reject) => this.refuse("request", "auth-agent-req@openssh.com", reject));
    session.on("subsystem", (_accept, reject, { name }) => this.refuse("subsystem", name, reject));
    session.on("exec", (accept, _reject, { command: text }) => this.run(command, accept(), text, environment));
    session.on("shell", (accept) => this.run(command, accept(), undefined, environment));
  }

  /** As a server refuses what it has not, or has switched off; the client says so to its user. */
  private refuse(method: string, call: string, reject: (() => void) | undefined): void {
    this.options.unsupported?.note({ service: "ssh", method, call });
    reject?.();
  }

  private async run(
    command: ShellCommand,
    channel: ServerChannel,
    text: string | undefined,
    environment: Record<string, string>,
  ): Promise<void> {
    const began = Date.now();
    this.commands.add(command);
    channel.on("error", () => undefined);
    try {
      const outcome = await command.run(channel, text, environment);
      this.options.log.info("ssh command ended", { outcome, ms: Date.now() - began });
    } catch (error) {
      this.options.log.error("ssh command failed", { error });
      channel.stderr.write(`${(error as Error).message}\n`);
      channel.exit(255);
      channel.end();
    } finally {
      this.commands.delete(command);
    }
  }
}
