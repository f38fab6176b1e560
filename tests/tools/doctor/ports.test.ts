import { once } from "node:events";
import { createServer } from "node:net";
import { describe, expect, it } from "vitest";
import { nodePorts, portsFinding } from "../../../tools/doctor/ports";

describe("the ports of the local environment", () => {
  const ports = nodePorts({ kafkaSubnetPrefix: "10.100.0.0/24", kafkaWorkers: 4 });

  it("are those of the first head node, of ZooKeeper and of each broker, where they get their addresses", () => {
    const at = (node: string) =>
      ports.filter(({ what }) => what === `node ${node}`).map(({ address, port }) => `${address}:${port}`);
    expect(at("hn0")).toEqual(["127.100.0.4:8443", "127.100.0.4:2222"]);
    expect(at("hn1")).toEqual([]);
    expect(at("zk0")).toEqual(["127.100.0.6:2181", "127.100.0.6:2888", "127.100.0.6:3888"]);
    expect(at("wn3")).toEqual(["127.100.0.12:9092"]);
    expect(ports).toHaveLength(2 + 9 + 4);
  });

  it("are free, or are named with what listens there and what needs them", async () => {
    expect(await portsFinding(ports)).toEqual({
      subject: "Ports",
      level: "ok",
      text: "8443, 2222, 2181, 2888, 3888, 9092 of the nodes' addresses are free",
    });
    const others = [9092, 2181].map((port) =>
      createServer().listen(port, port === 9092 ? "127.100.0.10" : "127.100.0.7"),
    );
    try {
      await Promise.all(others.map((server) => once(server, "listening")));
      const { level, text } = await portsFinding(ports);
      expect(level).toBe("problem");
      expect(text.split("\n")).toEqual([
        expect.stringMatching(
          /^Port 2181 of 127\.100\.0\.7 is taken, and node zk1 needs it\. Stop what listens there .*\.$/,
        ),
        expect.stringMatching(/^Port 9092 of 127\.100\.0\.10 is taken, and node wn1 needs it\./),
      ]);
    } finally {
      for (const server of others) server.close();
    }
  });

  it("are unknown where the configuration is not good", async () => {
    expect(nodePorts({ kafkaWorkers: 3 })).toEqual([]);
    expect((await portsFinding([])).level).toBe("unknown");
  });
});
