import * as fs from "node:fs";
import * as path from "node:path";
import type { FastifyInstance } from "fastify";
import {
  type ClusterEngine,
  checkPorts,
  defaultConfigurations,
  type KafkaEngineOptions,
  type KafkaHost,
  kafkaHome,
} from "../../engines/kafka";
import type { Logger } from "../../log";
import type { Place } from "../../network/place";
import { createOnce } from "../../setup/createOnce";
import { generateSshKeyPair } from "../../setup/sshKey";
import { AmbariCluster, AmbariState, componentKey, createAmbariServer, RequestRunner } from "../ambari";
import { type Address, listen } from "../http";
import { SshServer } from "../ssh";
import type { CertificateAuthority } from "../tls";
import type { UnsupportedCalls } from "../unsupported";
import { hostsOf } from "./hosts";
import { portsOf } from "./ports";
import { hasRole, type Script, type ScriptOutcome, type ScriptRunner } from "./scripts";
import type { ClusterRecord } from "./spec";

/** Rejects when something else listens where the nodes of a new cluster would. */
export async function checkNodePorts(record: ClusterRecord, place: Place): Promise<void> {
  const [head, ...others] = hostsOf(record, place);
  await checkHostPorts([head as KafkaHost, ...others.filter(({ role }) => role !== "head")], record, place);
}

/** The same for the nodes that `after` has and `before` has not. */
export async function checkNewNodePorts(before: ClusterRecord, after: ClusterRecord, place: Place): Promise<void> {
  const known = new Set(hostsOf(before, place).map(({ address }) => address));
  const added = hostsOf(after, place).filter(({ address }) => !known.has(address));
  await checkHostPorts(added, after, place);
}

async function checkHostPorts(hosts: KafkaHost[], { spec }: ClusterRecord, place: Place): Promise<void> {
  const needed = portsOf(place.gateway(spec.publicAddress, ""));
  await checkPorts(
    hosts.flatMap(({ role, address, name }) => needed[role].map((port) => ({ address, port, what: `node ${name}` }))),
    place,
  );
}

/** Makes the engine of a cluster; starts nothing. */
export type MakeEngine = (options: Pick<KafkaEngineOptions, "folder" | "hosts" | "place">) => ClusterEngine;

/** Makes what runs the script actions of a cluster; runs nothing. */
export type MakeScripts = (options: {
  engine: ClusterEngine;
  place: Place;
  /** Certificate of the twin's own authority, PEM. */
  authority: string;
}) => ScriptRunner;

export interface HdInsightClusterOptions {
  record: ClusterRecord;
  /** `<home>/clusters/<name>`. */
  folder: string;
  /** What runs on the nodes. */
  makeEngine: MakeEngine;
  /** What runs script actions. */
  makeScripts: MakeScripts;
  tls: CertificateAuthority;
  /** The cluster's virtual network. */
  place: Place;
  log: Logger;
  /** Told of calls that the twin does not imitate. */
  unsupported?: UnsupportedCalls;
}

/** A Kafka cluster: ZooKeeper and brokers, and in front of them Ambari and SSH on the first head node. */
export class HdInsightCluster {
  readonly name: string;
  /** Where Ambari answers. */
  readonly https: Address;
  readonly ssh: Address;
  private readonly hosts: KafkaHost[];
  private readonly head: KafkaHost;
  private readonly engine: ClusterEngine;
  private readonly ambari: AmbariCluster;
  private readonly scripts: ScriptRunner;
  private server: FastifyInstance | undefined;
  private sshServer: SshServer | undefined;

  constructor(private readonly options: HdInsightClusterOptions) {
    const { record, folder, makeEngine, makeScripts, tls, place, log } = options;
    this.name = record.spec.name;
    this.hosts = hostsOf(record, place);
    this.head = this.hosts.find((host) => host.role === "head") as KafkaHost;
    const gateway = place.gateway(record.spec.publicAddress, this.head.address);
    this.https = { host: gateway.host, port: gateway.ambari };
    this.ssh = { host: gateway.host, port: gateway.ssh };
    this.engine = makeEngine({ folder, hosts: this.hosts, place });
    this.scripts = makeScripts({ engine: this.engine, place, authority: tls.caPem });
    const { components } = this.engine;
    const state = AmbariState.open(folder, this.initialConfigurations(), components.map(componentKey));
    const requests = new RequestRunner(state, components, log.child("ambari"));
    const internalAddress = record.spec.heads[0] as string;
    this.ambari = new AmbariCluster({
      name: this.name,
      hosts: this.hosts,
      components,
      internalAddress,
      state,
      requests,
    });
  }

  /**
   * Starts what is wanted and does not run, and the servers. Resolves with what did not come up, by component.
   * Rejects when a port of Ambari or SSH is taken.
   */
  async start(): Promise<Error[]> {
    const { address } = this.head;
    await checkPorts(
      [
        { address, port: this.https.port, what: `Ambari of cluster ${this.name}` },
        { address, port: this.ssh.port, what: `SSH of cluster ${this.name}` },
      ],
      this.options.place,
    );
    this.engine.install();
    const failures = [...(await this.startAll("ZOOKEEPER_SERVER")), ...(await this.startAll("KAFKA_BROKER"))];
    await this.startServers();
    return failures;
  }

  /** Ends everything and keeps the data; the next start() brings back what was running. */
  async stop(): Promise<void> {
    await this.stopServers();
    await this.engine.stop();
  }

  /** Ends Ambari and SSH and leaves brokers and ZooKeeper running, for a successor that starts with another record. */
  async handOver(): Promise<void> {
    await this.stopServers();
  }

  /** Ends everything and deletes the cluster's folder. */
  async destroy(): Promise<void> {
    await this.stopServers();
    await this.engine.stop(0);
    fs.rmSync(this.options.folder, { recursive: true, force: true });
  }

  /**
   * Runs a script action and waits until it has ended on every node.
   *
   * @throws ScriptUnavailable when the script cannot be had
   */
  async runScript({ roles, only, ...script }: Script): Promise<ScriptOutcome[]> {
    const { place } = this.options;
    const addresses = only?.map((address) => place.address(address));
    const hosts = this.hosts.filter((host) => hasRole(host, roles) && (addresses?.includes(host.address) ?? true));
    return this.scripts.run(script, hosts);
  }

  /** Starts the components that should run; those that an earlier supervisor left running are taken over as they are. */
  private async startAll(name: "ZOOKEEPER_SERVER" | "KAFKA_BROKER"): Promise<Error[]> {
    const { desired } = this.ambari.state.now;
    const wanted = this.engine.of(name).filter((component) => desired[componentKey(component)] !== "INSTALLED");
    const results = await Promise.allSettled(
      wanted.map(async (component) => {
        if (component.running && (await component.ready())) return;
        await component.stop(0);
        await this.ambari.requests.start(component);
      }),
    );
    return results.flatMap((result) => (result.status === "rejected" ? [result.reason as Error] : []));
  }

  private async startServers(): Promise<void> {
    const { record, folder, tls, place, log, unsupported } = this.options;
    const { gateway, ssh } = record.spec;
    this.server = createAmbariServer({
      cluster: this.ambari,
      ...gateway,
      tls: await tls.issue([...new Set([this.https.host, this.head.address]), this.head.name]),
      log: log.child("ambari"),
      unsupported,
    });
    await listen(this.server, this.head.address, this.https.port, place);

    const folders = this.engine.folders(this.head);
    const home = path.join(folders.root, "home", ssh.username);
    fs.mkdirSync(home, { recursive: true, mode: 0o700 });
    const { PATH = "", LANG = "" } = this.engine.environment(this.head);
    this.sshServer = new SshServer({
      login: ssh,
      hostKey: createOnce(
        path.join(folder, "ssh_host_ed25519_key"),
        () => generateSshKeyPair(this.head.name).privateKey,
      ),
      shell: {
        home,
        environment: { PATH, LANG, HOME: home, USER: ssh.username },
        paths: { from: kafkaHome, to: folders.kafkaHome },
        place,
      },
      log: log.child("ssh"),
      unsupported,
    });
    await this.sshServer.listen(this.head.address, this.ssh.port, place);
  }

  private async stopServers(): Promise<void> {
    this.scripts.stop();
    await Promise.all([this.server?.close(), this.sshServer?.close(), this.ambari.requests.close()]);
  }

  private initialConfigurations() {
    const zookeepers = this.hosts.filter((host) => host.role === "zookeeper").map((host) => host.name);
    const { workers, brokerConfig } = this.options.record.spec;
    return defaultConfigurations({ zookeepers, brokers: workers.length, brokerConfig });
  }
}
