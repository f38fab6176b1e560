import * as net from "node:net";

/** Metadata request, version 1, for no topic: who is in the cluster. */
const request = Buffer.from(
  [
    "00000010", // size of what follows
    "0003", // Metadata
    "0001", // version 1
    "00000001", // correlation id
    "0002", // client id
    Buffer.from("up").toString("hex"),
    "00000000", // no topics
  ].join(""),
  "hex",
);

/**
 * Ids of the brokers that a broker tells its clients of: empty until the controller has told it. Undefined when it does
 * not answer within a second. Asked for in Kafka's protocol itself, because a client library goes on to the advertised
 * names, which do not resolve here.
 */
export function clusterMembers(address: string, port: number): Promise<number[] | undefined> {
  return new Promise((resolve) => {
    let answer = Buffer.alloc(0);
    const socket = net.connect({ host: address, port }, () => socket.write(request));
    socket.setTimeout(1000, () => socket.destroy());
    socket.on("data", (chunk: Buffer) => {
      answer = Buffer.concat([answer, chunk]);
      if (answer.length >= 4 && answer.length >= 4 + answer.readInt32BE(0)) socket.destroy();
    });
    socket.on("error", () => undefined);
    socket.on("close", () => resolve(brokerIds(answer)));
  });
}

/** Reads the brokers of a Metadata response: id, host, port, rack. */
function brokerIds(response: Buffer): number[] | undefined {
  const ids: number[] = [];
  try {
    let at = 8;
    const string = () => Math.max(0, response.readInt16BE(at)) + 2;
    const count = response.readInt32BE(at);
    at += 4;
    while (ids.length < count) {
      ids.push(response.readInt32BE(at));
      at += 4;
      at += string() + 4;
      at += string();
    }
    return ids;
  } catch {
    return undefined;
  }
}
