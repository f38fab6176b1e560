import { connect } from "node:net";

/** A call of Spark's transport protocol: type 3, a number to recognise the answer by, and the message with its size. */
function call(message: string): Buffer {
  const body = Buffer.from(message);
  const head = Buffer.alloc(8 + 1 + 8 + 4);
  head.writeBigUInt64BE(BigInt(head.length + body.length), 0);
  head.writeUInt8(3, 8);
  head.writeBigUInt64BE(42n, 9);
  head.writeUInt32BE(body.length, 17);
  return Buffer.concat([head, body]);
}

/** What Spark answers to a message from somebody who has not authenticated: the failure's text, if it is one. */
export function answerOfSpark({ address, port }: { address: string; port: number }): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, address, () => socket.write(call("not a message of this run")));
    socket.setTimeout(20_000, () => socket.destroy(new Error(`${address}:${port} does not answer`)));
    socket.on("error", reject);
    socket.on("data", (data) => {
      socket.destroy();
      resolve(data.toString("utf8"));
    });
    socket.on("end", () => resolve(""));
  });
}
