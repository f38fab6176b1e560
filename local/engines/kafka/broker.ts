import * as fs from "node:fs";
import * as path from "node:path";
import { HostProcess } from "../../hostProcess";
import type { Place } from "../../network/place";
import { clusterMembers } from "./clusterMembers";
import { awaitStart, type Component, StartFailure, waitUntil } from "./component";
import { type Configurations, zooKeeperPort } from "./defaults";
import { failureReason, markLogs, writtenSince } from "./failure";
import { ephemeralNodes } from "./fourLetterWord";
import type { HostFolders, KafkaHost } from "./hosts";
import type { Java } from "./java";
import { kafkaEnvScript, log4jProperties } from "./kafkaEnv";
import { hostEnvironment } from "./launchers";
import { checkPorts } from "./ports";
import { formatProperties, listenerPorts, logFolders, plaintextPort, serverProperties } from "./serverProperties";

export interface BrokerOptions {
  host: KafkaHost;
  id: number;
  zookeepers: KafkaHost[];
  folders: HostFolders;
  java: Java;
  place: Place;
  /** Milliseconds until a start counts as failed. */
  startTimeout: number;
}

/** One Kafka broker. It counts as up when it is registered in ZooKeeper and knows itself to be in the cluster. */
export class Broker implements Component {
  private readonly process: HostProcess;

  constructor(private readonly options: BrokerOptions) {
    this.process = new HostProcess(options.folders.record);
  }

  get running(): boolean {
    return this.process.running;
  }

  get pid(): number | undefined {
    return this.process.pid;
  }

  /**
   * As Ambari does it at every start: server.properties and kafka-env.sh are written anew from the configuration, then
   * `source kafka-env.sh` and Kafka run in one shell. What a caller appended to kafka-env really runs here, before
   * Kafka reads server.properties, and a mistake in it has the effect that it has on a node.
   */
  async start(configurations: Configurations, signal?: AbortSignal): Promise<void> {
    if (this.running) return;
    const { host, folders, java, place, startTimeout } = this.options;
    const listeners = this.configure(configurations);
    await checkPorts(
      listenerPorts(listeners).map((port) => ({ address: host.address, port, what: `the broker on ${host.name}` })),
      place,
    );
    await this.forgotten(Number(configurations["kafka-broker"]?.["zookeeper.session.timeout.ms"] ?? 18_000), signal);
    if (signal?.aborted) throw new StartFailure(`The start of the broker on ${host.name} was broken off`);
    const [out, errors] = ["kafka.out", "kafka.err"].map((name) => path.join(folders.logs, name)) as [string, string];
    const mark = markLogs([path.join(folders.logs, "server.log"), out, errors]);
    this.process.start({
      command: place.command(["bash", "-c", 'source "$1" ; exec "$2" "$3"', "kafka", ...this.files], folders.root),
      cwd: folders.root,
      env: hostEnvironment(folders, java),
      stdout: out,
      stderr: errors,
    });
    await awaitStart(this.process, {
      who: `The broker on ${host.name}`,
      serves: () => this.serves(),
      reason: () => failureReason(mark),
      timeout: startTimeout,
      signal,
    });
    // A broker that is told to stop before this line halts without leaving ZooKeeper, and its next start has to wait for
    // the end of its session. With a log of the caller's own making the line may never come.
    const started = async () => writtenSince(mark).includes("started (kafka.server.KafkaServer)");
    await waitUntil(started, 3_000, () => this.running && !signal?.aborted);
  }

  async stop(grace: number): Promise<void> {
    await this.process.stop({ grace });
  }

  ready(): Promise<boolean> {
    return waitUntil(
      () => this.serves(),
      this.options.startTimeout,
      () => this.running,
    );
  }

  private get files(): [kafkaEnv: string, start: string, properties: string] {
    const { conf, bin } = this.options.folders;
    return [
      path.join(conf, "kafka-env.sh"),
      path.join(bin, "kafka-server-start.sh"),
      path.join(conf, "server.properties"),
    ];
  }

  /** Writes the host's configuration files. Returns the listeners. */
  private configure(configurations: Configurations): string {
    const { host, id, folders, java } = this.options;
    const { "kafka-broker": broker = {}, "kafka-env": env = {}, "kafka-log4j": log4j = {} } = configurations;
    try {
      const properties = serverProperties(broker, host, id, folders);
      const [kafkaEnv, , serverPropertiesFile] = this.files;
      for (const folder of logFolders(broker["log.dirs"] ?? "", folders))
        fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
      fs.writeFileSync(serverPropertiesFile, formatProperties(properties), { mode: 0o600 });
      fs.writeFileSync(kafkaEnv, kafkaEnvScript(env, folders, java), { mode: 0o600 });
      fs.writeFileSync(path.join(folders.conf, "log4j.properties"), log4jProperties(log4j, folders), { mode: 0o600 });
      return properties.listeners ?? "";
    } catch (error) {
      throw new StartFailure(`The broker on ${host.name} cannot be configured. ${(error as Error).message}`);
    }
  }

  private async serves(): Promise<boolean> {
    if ((await this.registrations())?.length !== 1) return false;
    const { host, id, place } = this.options;
    const port = plaintextPort(fs.readFileSync(this.files[2], "utf8"));
    return port === undefined || ((await clusterMembers(host.address, port, place))?.includes(id) ?? false);
  }

  private async registrations(): Promise<string[] | undefined> {
    const { place, zookeepers, id } = this.options;
    const nodes = await ephemeralNodes(
      zookeepers.map((host) => host.address),
      zooKeeperPort,
      place,
    );
    // The path has another beginning when `zookeeper.connect` names a folder of ZooKeeper's tree.
    return nodes?.filter((node) => node.endsWith(`/brokers/ids/${id}`));
  }

  /**
   * Waits until ZooKeeper has given up on the session of a broker that was killed: a new one may not register before,
   * and Kafka would end at once with `NodeExists`.
   */
  private async forgotten(sessionTimeout: number, signal?: AbortSignal): Promise<void> {
    const gone = async () => ((await this.registrations()) ?? []).length === 0;
    await waitUntil(gone, sessionTimeout + 5_000, () => !signal?.aborted);
  }
}
