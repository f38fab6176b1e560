import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  type ClusterEngine,
  type ComponentName,
  type HostComponent,
  type HostFolders,
  hostFolders,
  type KafkaEngineOptions,
  type KafkaHost,
  tools,
} from "../kafka";

/**
 * Stands where a cluster's ZooKeeper and brokers would, and runs nothing: a component "runs" from its start to its
 * stop. Kafka's command line tools, and what runs its classes, are there and do nothing, so that a script that calls them
 * succeeds; there is no topic and no event. For a control plane whose only purpose is what a deployment leaves in Pulumi's
 * state.
 */
export class NoKafka implements ClusterEngine {
  readonly components: HostComponent[];

  /** @param restartMs how long it takes to start a component again that ran before */
  constructor(
    private readonly options: Pick<KafkaEngineOptions, "folder" | "hosts">,
    restartMs = 0,
  ) {
    this.components = options.hosts.flatMap((host) => {
      if (host.role === "zookeeper") return [component("ZOOKEEPER_SERVER", host, restartMs)];
      return host.role === "worker" ? [component("KAFKA_BROKER", host, restartMs)] : [];
    });
  }

  install(): void {
    for (const host of this.options.hosts.filter(({ role }) => role === "head")) {
      const { bin, tmp } = this.folders(host);
      for (const folder of [bin, tmp]) fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
      for (const tool of Object.keys(tools)) fs.writeFileSync(path.join(bin, tool), doNothing, { mode: 0o700 });
      fs.writeFileSync(path.join(bin, "kafka-run-class.sh"), onlyListen, { mode: 0o700 });
    }
  }

  folders(host: KafkaHost): HostFolders {
    return hostFolders(this.options.folder, host);
  }

  environment(host: KafkaHost): Record<string, string> {
    return { PATH: process.env.PATH ?? "", HOME: this.folders(host).root, LANG: "C.UTF-8" };
  }

  of(name: ComponentName): HostComponent[] {
    return this.components.filter((component) => component.name === name);
  }

  async stop(): Promise<void> {
    for (const component of this.components) await component.stop(0);
  }
}

const doNothing = "#!/bin/sh\nexit 0\n";
/** Reads what it is given to its end: whoever writes to a program that is gone fails. */
const onlyListen = "#!/bin/sh\nexec cat >/dev/null\n";

function component(name: ComponentName, host: KafkaHost, restartMs: number): HostComponent {
  let ranBefore = false;
  let running = false;
  return {
    name,
    host,
    pid: undefined,
    get running() {
      return running;
    },
    start: async (_configurations, signal) => {
      if (ranBefore) await sleep(restartMs, undefined, { signal });
      ranBefore = true;
      running = true;
    },
    stop: async () => {
      running = false;
    },
    ready: async () => running,
  };
}
