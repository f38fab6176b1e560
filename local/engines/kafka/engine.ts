import * as fs from "node:fs";
import * as path from "node:path";
import { machine } from "../../network/loopback";
import type { Place } from "../../network/place";
import { Broker } from "./broker";
import type { Component } from "./component";
import { checkFolder, type HostFolders, hostFolders, hostNames, hostsFile, type KafkaHost } from "./hosts";
import type { Java } from "./java";
import { hostEnvironment, installKafka } from "./launchers";
import { brokerId } from "./serverProperties";
import { ZooKeeperServer } from "./zookeeper";

export type ComponentName = "ZOOKEEPER_SERVER" | "KAFKA_BROKER";

export interface KafkaEngineOptions {
  /** The cluster's folder: one subfolder for each host, and `hosts`. */
  folder: string;
  /** Every host of the cluster; brokers and ZooKeeper servers get their ids in this order. */
  hosts: KafkaHost[];
  java: Java;
  /** Where the processes run. Default: this machine. */
  place?: Place;
  /** Milliseconds until a start counts as failed. Default two minutes: a busy laptop is slow, a broken broker ends by itself. */
  startTimeout?: number;
}

/** A component on a host. */
export interface HostComponent extends Component {
  readonly name: ComponentName;
  readonly host: KafkaHost;
  readonly pid: number | undefined;
}

/** What a cluster needs of the engine that runs on its nodes. */
export type ClusterEngine = Pick<KafkaEngine, "components" | "install" | "folders" | "environment" | "of" | "stop">;

/**
 * The processes of one cluster: a ZooKeeper ensemble and the brokers, each at its host's own address. Knows no desired
 * state: who owns the cluster says what to start with which configuration, and what is recorded on disk tells what runs.
 */
export class KafkaEngine {
  readonly components: HostComponent[];
  private readonly place: Place;

  constructor(private readonly options: KafkaEngineOptions) {
    this.place = options.place ?? machine;
    const { hosts, java, startTimeout = 120_000 } = options;
    const { place } = this;
    checkFolder(options.folder);
    const zookeepers = hosts.filter((host) => host.role === "zookeeper");
    const workers = hosts.filter((host) => host.role === "worker");
    this.components = [
      ...zookeepers.map((host) => {
        const server = new ZooKeeperServer({
          host,
          ensemble: zookeepers,
          folders: this.folders(host),
          java,
          place,
          startTimeout,
        });
        return named("ZOOKEEPER_SERVER", host, server);
      }),
      ...workers.map((host) => {
        const id = brokerId(workers, host);
        return named(
          "KAFKA_BROKER",
          host,
          new Broker({ host, id, zookeepers, folders: this.folders(host), java, place, startTimeout }),
        );
      }),
    ];
  }

  /** Writes the launchers, the shims and what resolves host names, for the tools where they are now. Touches no data. */
  install(): void {
    const { folder, hosts, java } = this.options;
    const { place } = this;
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
    const file = place.hasNameService ? undefined : path.join(folder, "hosts");
    if (file) fs.writeFileSync(file, hostsFile(hosts));
    place.setHosts(folder, hostNames(hosts));
    for (const host of hosts) installKafka(this.folders(host), host, java, file);
  }

  folders(host: KafkaHost): HostFolders {
    return hostFolders(this.options.folder, host);
  }

  /** The environment of a command that runs on a host. */
  environment(host: KafkaHost): Record<string, string> {
    return hostEnvironment(this.folders(host), this.options.java);
  }

  of(name: ComponentName): HostComponent[] {
    return this.components.filter((component) => component.name === name);
  }

  /** Ends every process: brokers first, so that they can still hand over and say goodbye to ZooKeeper. */
  async stop(grace = 10_000): Promise<void> {
    for (const name of ["KAFKA_BROKER", "ZOOKEEPER_SERVER"] as const) {
      await Promise.all(this.of(name).map((component) => component.stop(grace)));
    }
  }
}

function named(
  name: ComponentName,
  host: KafkaHost,
  component: Component & { pid: number | undefined },
): HostComponent {
  return Object.assign(component, { name, host });
}
