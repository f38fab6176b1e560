import { connect, createServer, type Server } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** A port that something else has, so that what the twin wants to start there really cannot start. */
export class OccupiedPort {
  private constructor(private readonly server: Server) {}

  /** Takes the port, as soon as it is free. */
  static async take(host: string, port: number): Promise<OccupiedPort> {
    for (;;) {
      const server = await listening(host, port);
      if (server) return new OccupiedPort(server);
      await sleep(5);
    }
  }

  /** Takes the port when what serves there now, or will soon, has left it: before it comes back. */
  static async takeOver(host: string, port: number): Promise<OccupiedPort> {
    while (!(await serves(host, port))) await sleep(50);
    return OccupiedPort.take(host, port);
  }

  free(): Promise<void> {
    return new Promise((resolve) => this.server.close(() => resolve()));
  }
}

function listening(host: string, port: number): Promise<Server | undefined> {
  const server = createServer((socket) => socket.destroy());
  return new Promise((resolve) => {
    server.once("error", () => resolve(undefined));
    server.listen(port, host, () => resolve(server));
  });
}

function serves(host: string, port: number): Promise<boolean> {
  const socket = connect(port, host);
  return new Promise((resolve) => {
    socket.once("error", () => resolve(false));
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
  });
}
