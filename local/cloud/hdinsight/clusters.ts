import * as path from "node:path";
import { checkFolder, type Java, KafkaEngine, kafkaJava, sweepTrainings, withClassData } from "../../engines/kafka";
import type { Logger } from "../../log";
import { loopbackNetworks } from "../../network/loopback";
import type { Networks } from "../../network/networks";
import type { Place } from "../../network/place";
import type { ToolPaths } from "../../paths";
import { classpath } from "../../setup/jars";
import { javaBinary } from "../../setup/prerequisites";
import { JsonStore } from "../store";
import type { CertificateAuthority } from "../tls";
import type { UnsupportedCalls } from "../unsupported";
import { checkNewNodePorts, checkNodePorts, HdInsightCluster, type MakeEngine, type MakeScripts } from "./cluster";
import { newDomain } from "./hosts";
import { NodeScripts, type Script, type ScriptOutcome } from "./scripts";
import type { ClusterRecord, ClusterSpec } from "./spec";

export interface KafkaClustersOptions {
  /** Where clusters run. Default: all at loopback addresses of this machine. */
  networks?: Pick<Networks, "network">;
  /** The twin's home; clusters live in `<home>/clusters`. */
  home: string;
  tools: ToolPaths;
  tls: CertificateAuthority;
  log: Logger;
  /** Told of calls that the twin does not imitate. */
  unsupported?: UnsupportedCalls;
  /** What runs on the nodes. Default: the real Kafka and ZooKeeper. */
  makeEngine?: MakeEngine;
  /** What runs script actions. Default: a real bash, with the script from its address. */
  makeScripts?: MakeScripts;
}

/** A running Kafka cluster, as ARM reports it. */
export type KafkaCluster = Pick<HdInsightCluster, "name" | "https" | "ssh" | "stop" | "destroy">;

/** A cluster's nodes, by its record. */
export interface ClusterNodes {
  name: string;
  /** ARM id of its network. */
  network: string;
  /** That network. */
  place: Place;
  /** `host:port` of each worker's broker. */
  brokers: string[];
  zookeepers: number;
  heads: number;
  /** Ambari's address, as the operator reaches it. */
  ambari: string;
}

/** All HDInsight Kafka clusters of a twin. What exists is on disk before anything is started. */
export class KafkaClusters {
  private readonly folder: string;
  private readonly log: Logger;
  private readonly records: JsonStore<ClusterRecord>;
  private readonly running = new Map<string, HdInsightCluster>();
  private fastJava: Promise<Java> | undefined;

  constructor(private readonly options: KafkaClustersOptions) {
    this.folder = path.join(options.home, "clusters");
    this.log = options.log.child("hdinsight");
    this.records = JsonStore.open(path.join(this.folder, "clusters.json"));
  }

  /**
   * Creates a cluster and waits until its brokers, Ambari and SSH answer. Rejects, with nothing left behind, when
   * something does not come up: a port that is taken, a broker that refuses its configuration.
   */
  async create(spec: ClusterSpec): Promise<KafkaCluster> {
    checkSpec(spec);
    checkFolder(this.folder);
    if (this.records.has(spec.name)) throw new Error(`There is a cluster \`${spec.name}\` already`);
    const record = { spec, domain: newDomain() };
    await checkNodePorts(record, this.place(record));
    this.records.set(spec.name, record);
    const cluster = await this.open(record);
    try {
      const [failure] = await cluster.start();
      if (failure) throw failure;
    } catch (error) {
      await cluster.destroy();
      this.records.delete(spec.name);
      throw error;
    }
    this.running.set(spec.name, cluster);
    this.log.info("cluster created", { cluster: spec.name });
    return cluster;
  }

  get(name: string): KafkaCluster | undefined {
    return this.running.get(name);
  }

  /** What there is by the records, whether it runs or not: for those who only look. */
  nodes(): ClusterNodes[] {
    return this.records.values().map((record) => {
      const { name, network, workers, zookeepers, heads, publicAddress } = record.spec;
      const place = this.place(record);
      const gateway = place.gateway(publicAddress, place.address(heads[0] as string));
      return {
        name,
        network,
        place,
        brokers: workers.map((address) => `${place.address(address)}:9092`),
        zookeepers: zookeepers.length,
        heads: heads.length,
        ambari: `https://${gateway.host}${gateway.ambari === 443 ? "" : `:${gateway.ambari}`}`,
      };
    });
  }

  /** Ends a cluster and deletes its data. Resolves as well when there is none. */
  async delete(name: string): Promise<void> {
    const record = this.records.get(name);
    if (!record) return;
    const cluster = this.running.get(name) ?? this.openToEnd(record);
    await cluster.destroy();
    this.running.delete(name);
    this.records.delete(name);
    this.log.info("cluster deleted", { cluster: name });
  }

  /** Changes the cluster login. Brokers go on; Ambari is away for a moment. */
  setGateway(name: string, gateway: ClusterSpec["gateway"]): Promise<void> {
    return this.change(name, (spec) => ({ ...spec, gateway }));
  }

  /** Adds worker nodes at these addresses and waits until their brokers serve. Topics stay where they are. */
  addWorkers(name: string, addresses: string[]): Promise<void> {
    return this.change(name, (spec) => ({ ...spec, workers: [...spec.workers, ...addresses] }));
  }

  /** Runs a script action on nodes of a running cluster. Rejects with ScriptUnavailable when the script cannot be had. */
  async runScript(name: string, script: Script): Promise<ScriptOutcome[]> {
    const cluster = this.running.get(name);
    if (!cluster) throw new Error(`There is no running cluster \`${name}\``);
    return cluster.runScript(script);
  }

  /**
   * After a start of the twin: takes over what still runs of the recorded clusters, starts what does not, with the data
   * it had. A broker that does not come up is logged and can be started through Ambari; rejects when a cluster cannot
   * listen.
   */
  async restore(): Promise<void> {
    const missing = this.records.values().filter(({ spec }) => !this.running.has(spec.name));
    const results = await Promise.allSettled(
      missing.map(async (record) => {
        const cluster = await this.open(record);
        const failures = await cluster.start().catch(async (error: Error) => {
          await cluster.stop();
          throw error;
        });
        this.running.set(record.spec.name, cluster);
        for (const { message } of failures) this.log.error("node not restored", { cluster: record.spec.name, message });
      }),
    );
    const failed = results.find((result) => result.status === "rejected");
    if (failed) throw failed.reason;
  }

  /** Ends every process of every recorded cluster, also those that a killed twin left behind. Keeps the data. */
  async close(): Promise<void> {
    await Promise.all(
      this.records.values().map(async (record) => {
        const cluster = this.running.get(record.spec.name) ?? this.openToEnd(record);
        await cluster.stop();
        this.running.delete(record.spec.name);
      }),
    );
    await sweepTrainings(this.options.tools.root);
  }

  /**
   * Replaces a running cluster by one with a changed spec, which takes over what runs and starts what is new. When that
   * fails, the cluster is started again as it was.
   */
  private async change(name: string, edit: (spec: ClusterSpec) => ClusterSpec): Promise<void> {
    const record = this.records.get(name);
    const before = this.running.get(name);
    if (!record || !before) throw new Error(`There is no running cluster \`${name}\``);
    const changed = { ...record, spec: edit(record.spec) };
    await checkNewNodePorts(record, changed, this.place(record));
    this.records.set(name, changed);
    await before.handOver();
    const after = await this.open(changed);
    try {
      const [failure] = await after.start();
      if (failure) throw failure;
      this.running.set(name, after);
    } catch (error) {
      await after.stop();
      this.records.set(name, record);
      const restored = await this.open(record);
      await restored.start();
      this.running.set(name, restored);
      throw error;
    }
    this.log.info("cluster changed", { cluster: name, workers: changed.spec.workers.length });
  }

  private async open(record: ClusterRecord): Promise<HdInsightCluster> {
    const reason = ({ message }: Error) => this.log.warn("no class-data archive: JVMs start more slowly", { message });
    if (this.options.makeEngine) return this.openWith(record, this.options.makeEngine);
    this.fastJava ??= withClassData(this.plainJava(), this.options.tools.root, reason);
    return this.openWith(record, engineOn(await this.fastJava));
  }

  /** For ending what runs: not worth making an archive. */
  private openToEnd(record: ClusterRecord): HdInsightCluster {
    return this.openWith(record, this.options.makeEngine ?? engineOn(this.plainJava()));
  }

  private openWith(record: ClusterRecord, makeEngine: MakeEngine): HdInsightCluster {
    const { name } = record.spec;
    const folder = path.join(this.folder, name);
    return new HdInsightCluster({
      ...this.options,
      record,
      folder,
      makeEngine,
      makeScripts: this.options.makeScripts ?? onNodes,
      place: this.place(record),
      log: this.log.child(name),
    });
  }

  private place({ spec }: ClusterRecord): Place {
    return (this.options.networks ?? loopbackNetworks).network(spec.network);
  }

  private plainJava(): Java {
    return kafkaJava(javaBinary(), classpath("kafka", this.options.tools.jars));
  }
}

const onNodes: MakeScripts = ({ engine, place, authority }) => new NodeScripts(engine, place, authority);

function engineOn(java: Java): MakeEngine {
  return (options) => new KafkaEngine({ ...options, java });
}

function checkSpec({ name, workers, zookeepers, heads, ssh }: ClusterSpec): void {
  if (!/^[A-Za-z0-9-]+$/.test(name)) {
    throw new Error(`Cluster name \`${name}\` is not made of letters, digits and \`-\``);
  }
  for (const [role, addresses] of Object.entries({ workers, zookeepers, heads })) {
    if (addresses.length === 0) throw new Error(`Cluster \`${name}\` has no \`${role}\`; it needs at least one`);
  }
  if (!/^[a-z_][\w-]*$/i.test(ssh.username))
    throw new Error(`SSH user name \`${ssh.username}\` is not one of a Linux user`);
}
