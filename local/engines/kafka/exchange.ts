import type { Socket } from "node:net";
import type { Place } from "../../network/place";

/** Milliseconds of silence after which a server counts as not answering. */
const silence = 1_000;

/**
 * Sends a question to a server and resolves with what it answers, until it hangs up, is silent, or `whole` says that
 * nothing more will come; empty when it cannot be reached.
 */
export async function exchange(
  { place, host, port }: { place: Place; host: string; port: number },
  send: (socket: Socket) => void,
  whole: (answer: Buffer) => boolean = () => false,
): Promise<Buffer> {
  const socket = await place.connect(host, port).catch(() => undefined);
  if (!socket) return Buffer.alloc(0);
  return new Promise((resolve) => {
    let answer = Buffer.alloc(0);
    socket.setTimeout(silence, () => socket.destroy());
    socket.on("data", (chunk: Buffer) => {
      answer = Buffer.concat([answer, chunk]);
      if (whole(answer)) socket.destroy();
    });
    socket.on("error", () => undefined);
    socket.on("close", () => resolve(answer));
    send(socket);
  });
}
