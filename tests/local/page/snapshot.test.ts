import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Stored } from "../../../local/cloud/arm/kind";
import type { ClusterNodes } from "../../../local/cloud/hdinsight/clusters";
import { machine } from "../../../local/network/loopback";
import { dial } from "../../../local/page/brokerClient";
import { type BrokerAdmin, ClusterReader } from "../../../local/page/clusters";
import { networkViews } from "../../../local/page/networks";
import { queriesIn } from "../../../local/page/progress";
import { Rates } from "../../../local/page/rates";
import { type Sources, TwinSnapshots } from "../../../local/page/snapshot";
import { wire } from "../../../local/plugins/rpc/wire";
import type { Run } from "../../../local/stack/workspaceClient";

const progress = (query: string, batchId: number, more: object = {}) =>
  `[cell 6] ${JSON.stringify({ query, batchId, timestamp: "2026-05-06T12:00:10.000Z", inputRowsPerSecond: 20, totalLag: 2, rowsSinceStart: 258, ...more })}`;

describe("the progress in a notebook's log", () => {
  it("is the newest line of each query", () => {
    const queries = queriesIn([progress("hashtags", 3), progress("events", 11), "words", progress("events", 12)]);
    expect(queries.map(({ name, batch }) => [name, batch])).toEqual([
      ["events", 12],
      ["hashtags", 3],
    ]);
    expect(queries[0]).toMatchObject({ lag: { known: true, value: 2 }, rate: { known: true, value: 20 } });
  });

  it("is unknown, not nothing, where Spark reports no lag", () => {
    expect(queriesIn([progress("events", 1, { totalLag: undefined })])[0]?.lag).toEqual({
      known: false,
      reason: "Spark reports none for this query",
    });
  });

  it("leaves out lines whose beginning or end is missing", () => {
    const whole = progress("events", 12);
    expect(queriesIn([whole.slice(20), whole.slice(0, -5), '{"query":"events"}'])).toEqual([]);
  });
});

describe("a rate", () => {
  it("is unknown at first, and then taken over the last ten seconds", () => {
    const rates = new Rates();
    expect(rates.of("tweets", 1_000, 0)).toEqual({ known: false, reason: "being measured" });
    expect(rates.of("tweets", 1_040, 2_000)).toEqual({ known: true, value: 20 });
    expect(rates.of("tweets", 1_400, 11_000)).toEqual({ known: true, value: 40 });
  });

  it("begins anew for another topic of the same name", () => {
    const rates = new Rates();
    rates.of("tweets", 1_000, 0);
    expect(rates.of("tweets", 10, 2_000).known).toBe(false);
    expect(rates.of("tweets", 20, 3_000)).toEqual({ known: true, value: 10 });
  });
});

describe("networks", () => {
  it("have the halves of both kinds of peering, compared without case", () => {
    const stored = (id: string, type: string, properties: object): Stored => ({
      resource: { id, type, name: id.split("/").at(-1) ?? "", properties: properties as never },
      internal: {},
    });
    const views = networkViews([
      stored("/n/kafka-vnet", "Microsoft.Network/virtualNetworks", {
        addressSpace: { addressPrefixes: ["10.0.0.0/16"] },
      }),
      stored(
        "/d/managed/providers/Microsoft.Network/virtualNetworks/workers-vnet",
        "Microsoft.Network/virtualNetworks",
        {
          addressSpace: { addressPrefixes: ["10.139.0.0/16"] },
        },
      ),
      stored("/n/kafka-vnet/virtualNetworkPeerings/out", "Microsoft.Network/virtualNetworks/virtualNetworkPeerings", {
        remoteVirtualNetwork: { id: "/d/managed/providers/Microsoft.Network/virtualNetworks/WORKERS-VNET" },
        peeringState: "Initiated",
      }),
      stored("/d/w", "Microsoft.Databricks/workspaces", { managedResourceGroupId: "/d/managed", parameters: {} }),
      stored("/d/w/virtualNetworkPeerings/back", "Microsoft.Databricks/workspaces/virtualNetworkPeerings", {
        databricksVirtualNetwork: { id: "/D/managed/providers/Microsoft.Network/virtualNetworks/workers-vnet" },
        remoteVirtualNetwork: { id: "/n/kafka-vnet" },
        peeringState: "Connected",
      }),
    ]);
    expect(views.map(({ name, peerings, hasSpark }) => [name, hasSpark, peerings])).toEqual([
      ["kafka-vnet", false, [{ name: "out", remote: "WORKERS-VNET", state: "Initiated" }]],
      ["workers-vnet", true, [{ name: "back", remote: "kafka-vnet", state: "Connected" }]],
    ]);
  });
});

describe("the connection to a broker", () => {
  const at = { host: "127.95.0.20", port: 9092 };
  let broker: Server;
  let open: Set<Socket>;
  beforeEach(async () => {
    open = new Set();
    broker = createServer((socket) => {
      open.add(socket);
      socket.on("close", () => open.delete(socket)).pipe(socket);
    });
    await new Promise<void>((resolve) => broker.listen(at.port, at.host, resolve));
  });
  afterEach(() => new Promise((resolve) => broker.close(resolve)));

  it("carries what is sent before it is there, and ends with the client's end", async () => {
    const socket = dial(machine, at.host, at.port, () => socket.write(" you"));
    socket.write("hello");
    let text = "";
    for await (const chunk of socket) {
      text += chunk;
      if (text === "hello you") socket.end();
    }
    expect(text).toBe("hello you");
    await vi.waitFor(() => expect(open.size).toBe(0));
  });

  it("fails as the place says when nobody listens", async () => {
    const socket = dial(machine, at.host, 9093, () => undefined);
    const [error] = (await once(socket, "error")) as [Error];
    expect(error.message).toContain("ECONNREFUSED");
  });

  it("is closed when it comes after the client has given up", async () => {
    let connected: Socket | undefined;
    const late = async () => {
      const real = await machine.connect(at.host, at.port);
      connected = real;
      await new Promise((resolve) => setTimeout(resolve, 50));
      return real;
    };
    const socket = dial({ connect: late }, at.host, at.port, () => expect.fail("It was given up"));
    await vi.waitFor(() => expect(connected).toBeDefined());
    // A stream of Node's that is destroyed calls that an error; kafkajs listens, too.
    socket.on("error", () => undefined).destroy();
    await vi.waitFor(() => expect(connected?.destroyed).toBe(true));
  });
});

describe("a Kafka cluster", () => {
  const host = "127.95.0.9";
  const gone = "127.95.0.10";
  let broker: Server;
  beforeEach(async () => {
    broker = createServer((socket) => socket.on("error", () => undefined));
    await new Promise<void>((resolve) => broker.listen(9092, host, resolve));
  });
  afterEach(() => new Promise((resolve) => broker.close(resolve)));

  const nodes: ClusterNodes = {
    name: "stream",
    network: "/n/kafka-vnet",
    place: machine,
    brokers: [`${host}:9092`, `${gone}:9092`],
    zookeepers: 3,
    heads: 2,
    ambari: "https://127.95.0.4:8443",
  };

  class FakeAdmin implements BrokerAdmin {
    brokers = [{ nodeId: 1001, host, port: 9092 }];
    refuses: Record<string, string> = {};
    connections = 0;
    high = 100;

    async connect() {
      this.connections += 1;
      if (this.refuses.connect) throw new Error(this.refuses.connect);
    }
    async disconnect() {}
    async describeCluster() {
      if (this.refuses.describeCluster) throw new Error(this.refuses.describeCluster);
      return { brokers: this.brokers, controller: 1001, clusterId: "c" };
    }
    async fetchTopicMetadata() {
      const partition = { partitionErrorCode: 0, partitionId: 0, leader: 1001, replicas: [1002, 1001], isr: [1001] };
      return {
        topics: ["__consumer_offsets", "tweets"].map((name) => ({
          name,
          partitions: [{ ...partition, partitionId: 1, leader: -1 }, partition],
        })),
      };
    }
    async fetchTopicOffsets() {
      if (this.refuses.fetchTopicOffsets) throw new Error(this.refuses.fetchTopicOffsets);
      return [{ partition: 0, offset: "0", low: "0", high: String(this.high) }];
    }
  }

  it("tells a broker that does not answer from one that is up, and partitions that lack replicas or a leader", async () => {
    const view = await new ClusterReader(nodes, () => new FakeAdmin()).look();
    expect(view.brokers).toEqual([
      { address: `${host}:9092`, id: 1001, isController: true, state: "up" },
      {
        address: `${gone}:9092`,
        id: null,
        isController: false,
        state: "dead",
        reason: expect.stringContaining("ECONNREFUSED"),
      },
    ]);
    expect(view.topics).toEqual({
      known: true,
      value: [
        {
          name: "tweets",
          partitions: [
            { id: 0, leader: 1001, replicas: [1001, 1002], inSync: [1001] },
            { id: 1, leader: null, replicas: [1001, 1002], inSync: [1001] },
          ],
          total: { known: true, value: 100 },
          rate: { known: false, reason: "being measured" },
        },
      ],
    });
  });

  it("keeps the id of a broker that was seen before it died", async () => {
    const admin = new FakeAdmin();
    admin.brokers.push({ nodeId: 1002, host: gone, port: 9092 });
    const reader = new ClusterReader(nodes, () => admin);
    expect((await reader.look()).brokers[1]).toMatchObject({ id: 1002, state: "dead" });
    admin.brokers.pop();
    expect((await reader.look()).brokers[1]).toMatchObject({ id: 1002, state: "dead" });
  });

  it("says of one that answers and is not in the cluster what the cluster lists", async () => {
    const admin = new FakeAdmin();
    admin.brokers = [{ nodeId: 1001, host: "wn0-stream.internal", port: 9092 }];
    const [first] = (await new ClusterReader(nodes, () => admin).look()).brokers;
    expect(first).toMatchObject({ state: "alone", reason: expect.stringContaining("wn0-stream.internal:9092") });
  });

  it("knows nothing of topics when no broker can be asked, says why, and asks anew the next time", async () => {
    const admin = new FakeAdmin();
    const reader = new ClusterReader(nodes, () => admin);
    admin.refuses = { describeCluster: "Connection closed" };
    const view = await reader.look();
    expect(view.topics).toEqual({ known: false, reason: "Connection closed" });
    expect(view.brokers[0]).toMatchObject({ state: "unknown", reason: "Connection closed" });
    admin.refuses = {};
    expect((await reader.look()).topics.known).toBe(true);
    expect(admin.connections).toBe(2);
    await reader.look();
    expect(admin.connections).toBe(2);
  });

  it("shows a topic's partitions though its offsets cannot be had", async () => {
    const admin = new FakeAdmin();
    admin.refuses = { fetchTopicOffsets: "There is no leader for this topic-partition" };
    const { topics } = await new ClusterReader(nodes, () => admin).look();
    const [topic] = topics.known ? topics.value : [];
    expect(topic?.partitions).toHaveLength(2);
    expect([topic?.total, topic?.rate]).toEqual(
      Array(2).fill({ known: false, reason: "There is no leader for this topic-partition" }),
    );
  });
});

describe("a snapshot", () => {
  let home: string;
  beforeEach(() => {
    home = mkdtempSync(path.join(tmpdir(), "page-"));
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  const urn = (type: string, name: string) => `urn:pulumi:local::streaming::${type}::${name}`;
  const stackUrn = urn("pulumi:pulumi:Stack", "streaming-local");
  const jobType = "databricks:index/job:Job";

  function writeState(resources: object[], time = "2026-05-06T12:00:00Z"): string {
    const folder = path.join(home, "pulumi", ".pulumi", "stacks", "streaming");
    mkdirSync(folder, { recursive: true });
    const file = path.join(folder, "local.json");
    const latest = { manifest: { time }, secrets_providers: { state: { salt: "v1:salt" } }, resources };
    writeFileSync(file, JSON.stringify({ version: 3, checkpoint: { stack: "local", latest } }));
    return file;
  }

  const deployed = [
    { urn: stackUrn, type: "pulumi:pulumi:Stack", outputs: { workspaceUrl: "https://127.0.0.1:1" } },
    {
      urn: urn("azure-native:databricks:Workspace", "databricks-workspace"),
      type: "azure-native:databricks:Workspace",
      parent: stackUrn,
      outputs: { workspaceUrl: "127.0.0.1:1" },
    },
    {
      urn: urn(jobType, "consumer-job"),
      type: jobType,
      parent: urn("streaming:databricks:NotebookJob", "consumer"),
      inputs: { token: { [wire.signature]: wire.secret, ciphertext: "v1:cipher" } },
      outputs: { url: "https://127.0.0.1:1/#job/12", list: [{ [wire.signature]: wire.secret, plaintext: '"open"' }] },
    },
  ];
  const run: Run = { run_id: 22, state: { life_cycle_state: "RUNNING", state_message: "In run" }, start_time: 0 };

  const sources = (more: Partial<Sources> = {}): Sources => ({
    home,
    networkMode: "loopback",
    resources: () => [],
    clusters: () => [],
    workspace: () => ({ lastRun: async () => run, log: async () => `${progress("events", 12)}\nwords\n` }),
    ...more,
  });

  it("of an environment where nothing was deployed says so, and has no made-up zero", async () => {
    const snapshot = await new TwinSnapshots(sources()).take();
    const never = { known: false, reason: "the stack was never deployed here: `npm run local -- up`" };
    expect(snapshot).toMatchObject({
      networks: { known: true, value: [] },
      clusters: { known: true, value: [] },
      jobs: never,
      stack: never,
    });
  });

  it("has the stack's resources and jobs, with what their logs say", async () => {
    writeState(deployed);
    const { stack, jobs } = await new TwinSnapshots(sources()).take();
    expect(stack).toEqual({
      known: true,
      value: {
        name: "local",
        updatedAt: "2026-05-06T12:00:00Z",
        resources: [
          {
            urn: urn("azure-native:databricks:Workspace", "databricks-workspace"),
            type: "azure-native:databricks:Workspace",
            name: "databricks-workspace",
          },
          {
            urn: urn(jobType, "consumer-job"),
            type: jobType,
            name: "consumer-job",
            parent: urn("streaming:databricks:NotebookJob", "consumer"),
          },
        ],
      },
    });
    expect(jobs).toEqual({
      known: true,
      value: [
        {
          name: "consumer-job",
          url: "https://127.0.0.1:1/#job/12",
          run: {
            known: true,
            value: { id: 22, state: "RUNNING", message: "In run", startedAt: "1970-01-01T00:00:00.000Z" },
          },
          log: { known: true, value: ["words"] },
          queries: [expect.objectContaining({ name: "events", batch: 12 })],
        },
      ],
    });
  });

  it("of a job that has not run, or a workspace that does not answer, gives the reason", async () => {
    writeState(deployed);
    const jobsWith = async (lastRun: () => Promise<Run | undefined>) => {
      const { jobs } = await new TwinSnapshots(sources({ workspace: () => ({ lastRun, log: async () => "" }) })).take();
      return jobs.known ? jobs.value[0]?.run : jobs;
    };
    expect(await jobsWith(async () => undefined)).toEqual({ known: false, reason: "the job has not run yet" });
    expect(
      await jobsWith(async () => {
        throw new Error("connect ECONNREFUSED");
      }),
    ).toEqual({ known: false, reason: "connect ECONNREFUSED" });
  });

  it("shows a resource's state without its secrets, encrypted or not, and never the salt", () => {
    writeState(deployed);
    const shown = JSON.stringify(new TwinSnapshots(sources()).resource(urn(jobType, "consumer-job")));
    expect(JSON.parse(shown)).toMatchObject({ inputs: { token: "[secret]" }, outputs: { list: ["[secret]"] } });
    expect(shown).not.toMatch(/cipher|open|salt/);
  });

  it("follows the state as the engine writes it, and says when it cannot be read", async () => {
    const snapshots = new TwinSnapshots(sources());
    writeState(deployed);
    await snapshots.take();
    const file = writeState([], "2026-05-06T13:00:00Z");
    utimesSync(file, 1, 1);
    expect((await snapshots.take()).stack).toMatchObject({
      known: true,
      value: { updatedAt: "2026-05-06T13:00:00Z", resources: [] },
    });
    writeFileSync(file, "{");
    expect((await snapshots.take()).stack).toMatchObject({ known: false, reason: expect.stringContaining("JSON") });
  });
});
