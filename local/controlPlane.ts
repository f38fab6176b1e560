import * as path from "node:path";
import { type Closable, closeAll } from "./closing";
import { ArmService } from "./cloud/arm";
import type { Pace } from "./cloud/arm/operations";
import { DatabricksWorkspaces } from "./cloud/databricks";
import { KafkaClusters } from "./cloud/hdinsight";
import type { Address } from "./cloud/http";
import { CertificateAuthority } from "./cloud/tls";
import { UnsupportedCalls } from "./cloud/unsupported";
import { NoKafka } from "./engines/none/kafka";
import { NoNotebooks } from "./engines/none/notebooks";
import { NoScripts } from "./engines/none/scripts";
import { HomeLock } from "./lock";
import { openLog } from "./log";
import { UnroutedNetworks } from "./network/unrouted";
import { type ToolPaths, toolPaths, twinPaths } from "./paths";
import { ensurePrivate } from "./privacy";
import { loadKeys, operator } from "./setup/keys";

/** How long things take that take minutes in Azure, in milliseconds. Default: no time. */
export interface Durations {
  /** A long-running operation of Azure Resource Manager, by type of the resource and verb. */
  operation?: Pace;
  /** From the restart of Kafka's brokers until they are up. */
  kafkaRestart?: number;
  /** From the end of a workspace's creation until it answers. */
  workspaceReady?: number;
  /** From a Spark cluster's creation until it runs. */
  sparkStart?: number;
}

/** What is there that no deployment makes. */
export interface Surroundings {
  /** Azure region of the resources. */
  location: string;
  /** ARM ids of resources that need no more than a region, in whatever subscription. */
  resources: string[];
  /** Names of groups of the Databricks account. */
  groups: string[];
}

export interface ControlPlaneOptions {
  tools?: ToolPaths;
  durations?: Durations;
  /** Whether script actions are fetched and run, **as the user of this machine**: for scripts of one's own. Default: no. */
  runsScripts?: boolean;
}

/**
 * The twin's services without anything behind them: no Kafka, no Spark, no JVM, no process but this one and those of
 * commands that the program runs over SSH.
 *
 * Azure Resource Manager, the Databricks API, Ambari and SSH answer and check as the twin's do, and keep state. What
 * they would start is only written down: a cluster's restart ends at once, a job's run goes on without doing anything,
 * Kafka's tools on the head node do nothing, script actions are neither fetched nor run. So a deployment takes seconds, and
 * leaves in Pulumi's state what it would leave otherwise. That is all it is good for: `npm start` never uses it.
 */
export class ControlPlane {
  private constructor(
    /** Azure Resource Manager. */
    readonly arm: Address,
    private readonly resources: ArmService,
    private readonly groups: Set<string>,
    private readonly parts: Closable[],
  ) {}

  /** Opens the services of `home` with what is recorded there. Rejects, with all closed again, when one cannot start. */
  static async open(
    home: string,
    { tools = toolPaths(), durations = {}, runsScripts = false }: ControlPlaneOptions = {},
  ): Promise<ControlPlane> {
    ensurePrivate(home);
    const parts: Closable[] = [];
    const add = <T extends Closable>(part: T): T => {
      parts.push(part);
      return part;
    };
    const log = add(openLog(path.join(twinPaths(home).logs, "twin.log")));
    try {
      const lock = HomeLock.acquire(home);
      add({ close: () => lock.release() });
      const keys = await loadKeys(home);
      const tls = await CertificateAuthority.open(twinPaths(home).keys);
      const unsupported = new UnsupportedCalls(home, log);
      const networks = new UnroutedNetworks(home);
      const shared = { home, tls, unsupported, networks };
      const notebooks = add(new NoNotebooks(path.join(home, "runs")));
      const makeEngine = (options: ConstructorParameters<typeof NoKafka>[0]) =>
        new NoKafka(options, durations.kafkaRestart);
      const makeScripts = runsScripts ? undefined : () => new NoScripts();
      const kafka = add(new KafkaClusters({ ...shared, tools, log: log.child("kafka"), makeEngine, makeScripts }));
      const groups = new Set<string>();
      const databricks = add(
        new DatabricksWorkspaces({
          ...shared,
          log,
          notebooks,
          token: keys.databricksToken,
          userName: operator,
          timing: { readyAfterMs: durations.workspaceReady ?? 0, clusterStartMs: durations.sparkStart ?? 0 },
          address: networks.internet,
          groups: () => [...groups],
        }),
      );
      const arm = add(
        new ArmService({
          ...shared,
          log: log.child("arm"),
          kafka,
          databricks,
          credentials: keys.azure,
          pace: durations.operation,
        }),
      );
      await kafka.restore();
      await databricks.restore();
      return new ControlPlane(await arm.listen(), arm, groups, parts);
    } catch (error) {
      await closeAll(parts, (failure) => log.error("closing failed", { error: failure }));
      throw error;
    }
  }

  /** Makes what somebody else has made, where it is not there yet. Groups last until the control plane is closed. */
  async provide({ location, resources, groups }: Surroundings): Promise<void> {
    for (const group of groups) this.groups.add(group);
    for (const id of resources) await this.resources.provide(id, location);
  }

  /** Closes everything, and rejects then with all that parts of it failed with. What is recorded stays. */
  async close(): Promise<void> {
    const failures: Error[] = [];
    await closeAll(this.parts, (error) => failures.push(error));
    if (failures.length > 0) throw new AggregateError(failures, failures.map(({ message }) => message).join("; "));
  }
}
