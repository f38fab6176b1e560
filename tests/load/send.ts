import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { Malformed } from "./malformed";

/** How long an answer may take before the service counts as hanging. Far more than a busy machine needs. */
const patienceMs = 20_000;

/** How long to look for an answer that need not come. */
const glanceMs = 150;

/**
 * Sends malformed bytes. Resolves with the status of an answer in HTTP, with 0 when the service hung up or owes none;
 * rejects when it owes one and gives none. The connections of requests without an end are left open in `held`.
 */
export function send(end: string, tls: boolean, { bytes, raw, answered }: Malformed, held: Socket[]): Promise<number> {
  const [host = "", port] = end.split(":");
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), host);
    const channel = tls && !raw ? connectTls({ socket, rejectUnauthorized: false }) : socket;
    let answer = "";
    const timer = setTimeout(
      () => {
        if (answered) return done(() => reject(new Error(`no answer within ${patienceMs} ms`)));
        // As a slow or a dead client would: what was begun stays as it is.
        held.push(socket);
        resolve(statusOf(answer));
      },
      answered ? patienceMs : glanceMs,
    );
    const done = (settle: () => void) => {
      clearTimeout(timer);
      socket.destroy();
      settle();
    };
    channel.on("data", (data) => {
      answer += data.toString("latin1");
      if (answer.includes("\r\n")) done(() => resolve(statusOf(answer)));
    });
    // Hanging up on nonsense is an answer, too.
    for (const each of new Set([socket, channel])) {
      each.on("error", () => done(() => resolve(statusOf(answer))));
      each.on("close", () => done(() => resolve(statusOf(answer))));
    }
    channel.on(channel === socket ? "connect" : "secureConnect", () => channel.write(bytes));
  });
}

function statusOf(answer: string): number {
  return Number(/^HTTP\/1\.\d (\d{3})/.exec(answer)?.[1] ?? 0);
}
