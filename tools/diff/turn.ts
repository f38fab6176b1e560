import { once } from "node:events";
import * as net from "node:net";
import { setTimeout } from "node:timers/promises";

/** No host of a control plane has the last address of its block (local/network/unrouted.ts). */
const place = { host: (block: string) => `${block}.255`, port: 65_535 };

/**
 * Does `work` while nobody else on this machine has the loopback addresses of `block`, a 127.a.b.0/24: copies of one state
 * have the same, since they are in what the engine knows of it. Whoever comes second waits, also in another checkout. The
 * system itself keeps the turn, by a socket, so that one that is killed leaves none behind.
 *
 * @param longest milliseconds to wait. Default: a quarter of an hour, which no run takes
 * @throws Error when others have the addresses for longer
 */
export async function inTurn<T>(block: string, work: () => Promise<T>, longest = 900_000): Promise<T> {
  const end = Date.now() + longest;
  let turn = await taken(block);
  while (!turn) {
    if (Date.now() > end) {
      throw new Error(
        `Another comparison has had the addresses of \`${block}.0/24\` for ${longest / 1000} s, and they cannot be shared. ` +
          `Wait for it, or end it: \`ss -ltnp src ${place.host(block)}\` tells which it is.`,
      );
    }
    await setTimeout(200);
    turn = await taken(block);
  }
  try {
    return await work();
  } finally {
    turn.close();
    await once(turn, "close");
  }
}

async function taken(block: string): Promise<net.Server | undefined> {
  const server = net.createServer((socket) => socket.destroy());
  try {
    await once(server.listen({ host: place.host(block), port: place.port }), "listening");
    return server;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EADDRINUSE") return undefined;
    throw error;
  }
}
