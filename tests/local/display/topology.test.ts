import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import { drawTopology } from "../../../local/display/topology";
import type { Snapshot } from "../../../local/page/model";

const known = <T>(value: T) => ({ known: true, value }) as const;
const unknown = (reason: string) => ({ known: false, reason }) as const;
const network = "/subscriptions/s/virtualNetworks/kafka-vnet";

function snapshot(more: Partial<Snapshot> = {}): Snapshot {
  const half = (remote: string, state = "Connected") => ({ name: "half", remote, state });
  const partition = { id: 0, leader: 1001, replicas: [1001, 1002], inSync: [1001, 1002] };
  return {
    at: "2026-01-01T00:00:00Z",
    networkMode: "namespaces",
    networks: known([
      { id: "w", name: "workers", addressSpace: ["10.139.0.0/16"], hasSpark: true, peerings: [half("kafka-vnet")] },
      { id: network, name: "kafka-vnet", addressSpace: ["10.0.0.0/16"], hasSpark: false, peerings: [half("workers")] },
    ]),
    clusters: known([
      {
        name: "kafkalocal",
        // ARM's ids are the same in any case.
        network: network.toUpperCase(),
        zookeepers: 3,
        heads: 2,
        ambari: "https://203.0.113.11",
        brokers: [
          { address: "10.0.0.9:9092", id: 1001, state: "up", isController: true },
          { address: "10.0.0.10:9092", id: null, state: "dead", isController: false, reason: "ECONNREFUSED" },
        ],
        topics: known([{ name: "tweets", partitions: [partition], rate: unknown("first look"), total: known(1) }]),
      },
    ]),
    jobs: known([
      {
        name: "consumer-job",
        url: "https://127.0.0.1/#job/1",
        run: known({ id: 1, state: "RUNNING", message: "", startedAt: "" }),
        log: known([]),
        queries: [{ name: "events", batch: 1, at: "", lag: known(7), rate: known(20), rowsSinceStart: 9 }],
      },
    ]),
    stack: unknown("not asked"),
    ...more,
  };
}

function draw(columns: number, more: Partial<Snapshot> = {}) {
  const drawn = drawTopology(snapshot(more), {
    columns,
    sshEndpoint: "203.0.113.11:22",
    workspaceUrl: "https://127.0.0.1:42025",
  });
  return stripVTControlCharacters(drawn);
}

describe("drawTopology", () => {
  it("draws the networks side by side where there is room, Kafka's first, with all addresses", () => {
    expect(draw(140)).toBe(
      [
        "  ┌─────────────────────────────────────────────────┐                 ┌───────────────────────────────────────┐",
        "  │ 10.0.0.0/16  kafka-vnet                         │                 │ 10.139.0.0/16  workers                │",
        "  ├─────────────────────────────────────────────────┤                 ├───────────────────────────────────────┤",
        "  │ HDInsight kafkalocal  2 head nodes, 3 ZooKeeper │                 │ Databricks                            │",
        "  │ Ambari      https://203.0.113.11                │                 │ workspace   https://127.0.0.1:42025   │",
        "  │ SSH         203.0.113.11:22                     │ ◀═ Connected ═▶ │ consumer    RUNNING, 7 records behind │",
        "  │ broker 1001 10.0.0.9:9092  up                   │                 └───────────────────────────────────────┘",
        "  │ broker ?    10.0.0.10:9092  dead                │                 ",
        "  │ topic       tweets: 1 partitions × 2, in sync   │                 ",
        "  └─────────────────────────────────────────────────┘                 ",
      ].join("\n"),
    );
  });

  it("draws them below each other where there is less, and stays within 80 columns", () => {
    const lines = draw(80).split("\n");
    expect(lines.findIndex((line) => line.includes("▲ peering: Connected ▼"))).toBe(10);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
  });

  it("shows the worse half of a peering", () => {
    const { networks } = snapshot();
    if (!networks.known) throw new Error("networks are known here");
    const halves = networks.value.map((one, index) =>
      index === 0 ? one : { ...one, peerings: [{ name: "half", remote: "workers", state: "Initiated" }] },
    );
    expect(draw(80, { networks: known(halves) })).toContain("▲ peering: Initiated ▼");
    const apart = networks.value.map((one) => ({ ...one, peerings: [] }));
    expect(draw(140, { networks: known(apart) })).toContain("  not peered  ");
  });

  it("says what cannot be seen, and why", () => {
    expect(draw(80, { networks: unknown("Azure does not answer") })).toBe(
      "  the networks cannot be seen: Azure does not answer",
    );
    const blind = draw(140, { clusters: unknown("no broker answers"), jobs: unknown("no workspace") });
    expect(blind).toContain("the clusters cannot be seen: no broker answers");
    expect(blind).toContain("the jobs cannot be seen: no workspace");
  });
});
