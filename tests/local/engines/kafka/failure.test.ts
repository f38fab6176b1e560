import * as fs from "node:fs";
import * as net from "node:net";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { checkPorts } from "../../../../local/engines/kafka";
import { clusterMembers } from "../../../../local/engines/kafka/clusterMembers";
import { failureReason, markLogs } from "../../../../local/engines/kafka/failure";

const folder = fs.mkdtempSync(path.join(tmpdir(), "failure-"));
afterAll(() => fs.rmSync(folder, { recursive: true }));

describe("the reason of a failed start", () => {
  const log = path.join(folder, "server.log");
  const errors = path.join(folder, "kafka.err");

  test("is the last error with its exception and what went to standard error, of this start only", () => {
    fs.writeFileSync(log, "[t] ERROR old (kafka.Kafka$)\n");
    fs.writeFileSync(errors, "old\n");
    const mark = markLogs([log, errors]);
    fs.appendFileSync(
      log,
      [
        "[2026-01-01 00:00:00,000] INFO starting (kafka.server.KafkaServer)",
        "[2026-01-01 00:00:00,001] ERROR Exiting Kafka due to fatal exception (kafka.Kafka$)",
        "java.lang.IllegalArgumentException: requirement failed: no",
        "\tat scala.Predef$.require(Predef.scala:337)",
        "Caused by: java.io.IOException: because",
        "",
      ].join("\n"),
    );
    fs.appendFileSync(errors, "kafka-env.sh: line 3: foo: command not found\n");
    expect(failureReason(mark)).toBe(
      [
        "ERROR Exiting Kafka due to fatal exception (kafka.Kafka$)",
        "java.lang.IllegalArgumentException: requirement failed: no",
        "Caused by: java.io.IOException: because",
        "kafka-env.sh: line 3: foo: command not found",
      ].join("\n"),
    );
  });

  test("is empty when nothing was written, and found in a log that was rolled over", () => {
    const mark = markLogs([log, path.join(folder, "absent.log")]);
    expect(failureReason(mark)).toBe("");
    fs.writeFileSync(log, "[t] FATAL new (x)\n");
    expect(failureReason(mark)).toBe("FATAL new (x)");
  });
});

describe("ports", () => {
  test("a taken one is named with what needs it and how to find who has it", async () => {
    const server = net.createServer();
    await new Promise<void>((resolve) => server.listen(19092, "127.7.0.112", resolve));
    const check = checkPorts([
      { address: "127.7.0.113", port: 19092, what: "the broker on wn0" },
      { address: "127.7.0.112", port: 19092, what: "the broker on wn1" },
    ]);
    await expect(check).rejects.toThrow(
      "Port 19092 of 127.7.0.112 is taken, and the broker on wn1 needs it. Stop what listens there (`ss -ltnp 'sport = :19092'` names it), or give the cluster another subnet",
    );
    await new Promise((resolve) => server.close(resolve));
  });

  test("an address that this machine does not have is named with the remedy", async () => {
    const check = checkPorts([{ address: "192.0.2.1", port: 9092, what: "the broker on wn0" }]);
    await expect(check).rejects.toThrow("This machine has no address 192.0.2.1, and the broker on wn0 needs it.");
  });
});

describe("members of a cluster", () => {
  async function answering(answer: Buffer | undefined): Promise<number[] | undefined> {
    const server = net.createServer((socket) => {
      socket.on("error", () => undefined);
      socket.once("data", () => (answer ? socket.write(answer) : socket.destroy()));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.7.0.112", resolve));
    const members = await clusterMembers("127.7.0.112", (server.address() as net.AddressInfo).port);
    server.close();
    return members;
  }

  test("are read from a broker's answer", async () => {
    const broker = (id: number, host: string) => {
      const bytes = Buffer.alloc(4 + 2 + host.length + 4 + 2);
      bytes.writeInt32BE(id, 0);
      bytes.writeInt16BE(host.length, 4);
      bytes.write(host, 6);
      bytes.writeInt32BE(9092, 6 + host.length);
      bytes.writeInt16BE(-1, 10 + host.length);
      return bytes;
    };
    const head = Buffer.alloc(12);
    const brokers = [broker(1001, "wn0"), broker(1002, "wn1.internal")];
    head.writeInt32BE(8 + brokers[0].length + brokers[1].length, 0);
    head.writeInt32BE(1, 4);
    head.writeInt32BE(2, 8);
    expect(await answering(Buffer.concat([head, ...brokers]))).toEqual([1001, 1002]);
  });

  test("are unknown when nobody answers, or answers something else", async () => {
    expect(await answering(undefined)).toBeUndefined();
    expect(await answering(Buffer.from([0, 0, 0, 2, 9, 9]))).toBeUndefined();
    expect(await clusterMembers("127.7.0.112", 1)).toBeUndefined();
  });
});
