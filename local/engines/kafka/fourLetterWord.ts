import * as net from "node:net";

/**
 * Asks a ZooKeeper server one of its four-letter words (`srvr`, `dump`). Resolves with undefined when it does not
 * answer within a second: not up, no quorum, or ended.
 */
export function fourLetterWord(address: string, port: number, word: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    let answer = "";
    const socket = net.connect({ host: address, port });
    socket.setEncoding("utf8").setTimeout(1000, () => socket.destroy());
    socket.on("connect", () => socket.end(word));
    socket.on("data", (text: string) => {
      answer += text;
    });
    socket.on("error", () => undefined);
    socket.on("close", () => resolve(answer || undefined));
  });
}

/** Whether a server has found its quorum and serves clients. */
export async function servesClients(address: string, port: number): Promise<boolean> {
  const answer = await fourLetterWord(address, port, "srvr");
  return answer?.includes("\nMode: ") ?? false;
}

/** Paths of the nodes that live as long as the session of whoever made them. Undefined when no server answers. */
export async function ephemeralNodes(servers: string[], port: number): Promise<string[] | undefined> {
  for (const server of servers) {
    const answer = await fourLetterWord(server, port, "dump");
    if (answer?.includes("ephemeral")) return [...answer.matchAll(/^\s+(\/\S+)$/gm)].map((match) => match[1] ?? "");
  }
  return undefined;
}
