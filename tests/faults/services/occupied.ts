import { createServer, type Server } from "node:net";
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
