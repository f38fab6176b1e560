import type { Place } from "../../network/place";
import { exchange } from "./exchange";

/**
 * Asks a ZooKeeper server one of its four-letter words (`srvr`, `dump`). Resolves with undefined when it does not
 * answer within a second: not up, no quorum, or ended.
 */
export async function fourLetterWord(
  address: string,
  port: number,
  word: string,
  place: Place,
): Promise<string | undefined> {
  const answer = await exchange({ place, host: address, port }, (socket) => socket.end(word));
  return answer.toString() || undefined;
}

/** Whether a server has found its quorum and serves clients. */
export async function servesClients(address: string, port: number, place: Place): Promise<boolean> {
  const answer = await fourLetterWord(address, port, "srvr", place);
  return answer?.includes("\nMode: ") ?? false;
}

/** Paths of the nodes that live as long as the session of whoever made them. Undefined when no server answers. */
export async function ephemeralNodes(servers: string[], port: number, place: Place): Promise<string[] | undefined> {
  for (const server of servers) {
    const answer = await fourLetterWord(server, port, "dump", place);
    if (answer?.includes("ephemeral")) return [...answer.matchAll(/^\s+(\/\S+)$/gm)].map((match) => match[1] ?? "");
  }
  return undefined;
}
