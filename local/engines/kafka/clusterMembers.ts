import { machine } from "../../network/loopback";
import type { Place } from "../../network/place";
import { exchange } from "./exchange";

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
export async function clusterMembers(
  address: string,
  port: number,
  place: Place = machine,
): Promise<number[] | undefined> {
  const whole = (answer: Buffer) => answer.length >= 4 && answer.length >= 4 + answer.readInt32BE(0);
  return brokerIds(await exchange({ place, host: address, port }, (socket) => socket.write(request), whole));
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
