import { readFileSync } from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { toolPaths, twinPaths } from "../../../local/paths";
import { startTimeOf } from "../../../local/process";
import { loadKeys } from "../../../local/setup/keys";
import type { LocalStack } from "../../../local/stack/localStack";
import { eventsFolder } from "../../../tools/verify/sink";
import { processesNaming } from "../../local/processes";
import type { FaultTwin } from "../faultTwin";
import { Workspace } from "../workspace";
import { Ledger } from "./ledger";
import { ServiceOperator } from "./serviceOperator";

/** A stream with enough events to count, and windows of hashtags short enough to wait for. */
export const streamConfig = { rate: "50", trigger: "1 second", window: "2 seconds", watermark: "2 seconds" };

/** The deployed pipeline with messages flowing, and the ways to hurt it. */
export class Stream {
  private constructor(
    readonly twin: FaultTwin,
    readonly stack: LocalStack,
    readonly ledger: Ledger,
    readonly ambari: ServiceOperator,
    readonly workspace: Workspace,
    readonly brokers: string[],
    /** Where the consumer writes events, on this machine's disk. */
    readonly sink: string,
    private readonly jobs: Record<"producer" | "consumer", number>,
  ) {}

  /** The stream of a stack that has been deployed with `streamConfig`; resolves when events flow. */
  static async of(twin: FaultTwin, stack: LocalStack): Promise<Stream> {
    const outputs = (await stack.outputs()) as unknown as Outputs;
    const workspace = new Workspace(outputs.workspaceUrl, stack.environment);
    const jobs = { producer: jobId(outputs.producerJobUrl), consumer: jobId(outputs.consumerJobUrl) };
    const { settings } = await workspace.get<Job>(`/api/2.2/jobs/get?job_id=${jobs.consumer}`);
    const folder = eventsFolder(settings.tasks[0]?.notebook_task.base_parameters ?? {});
    const { volumes } = twinPaths(twin.home);
    const { gatewayPassword } = await loadKeys(twin.home);
    const login = { user: "admin", password: gatewayPassword };
    const ambari = new ServiceOperator(outputs.kafkaDashboardUrl, "kafkalocal", login, stack.environment.SSL_CERT_FILE);
    const { dataset } = toolPaths();
    const { kafkaBrokers: brokers } = outputs;
    const ledger = new Ledger({ brokers, topic: "tweets", volumes, eventsFolder: folder, dataset });
    const sink = path.join(volumes, folder.replace(/^\/Volumes/, ""));
    const stream = new Stream(twin, stack, ledger, ambari, workspace, brokers, sink, jobs);
    await ledger.recovered(await ledger.held(), Date.now());
    await ledger.settle();
    return stream;
  }

  /** Where the twin keeps what stands for a host's disk. */
  folderOf(host: string): string {
    return path.join(this.twin.home, "clusters", "kafkalocal", host.split(".")[0] ?? host);
  }

  /** Process id of the broker, or the ZooKeeper server, of a host. */
  pidOn(host: string): number {
    const folder = `${this.folderOf(host)}/`;
    const line = processesNaming(folder).find((each) => each.includes("java"));
    if (!line) throw new Error(`Nothing runs on ${host}`);
    return Number.parseInt(line, 10);
  }

  /** Whether a process still runs. */
  runs(pid: number): boolean {
    return startTimeOf(pid) !== undefined;
  }

  /** Process id of the JVM of a job's present run, as soon as it has one. */
  async pidOf(job: "producer" | "consumer"): Promise<number> {
    for (;;) {
      const { runs = [] } = await this.workspace.get<{ runs?: { run_id: number }[] }>(
        `/api/2.2/jobs/runs/list?active_only=true&job_id=${this.jobs[job]}`,
      );
      for (const { run_id } of runs) {
        const { tasks } = await this.workspace.get<{
          tasks: { run_id: number; state: { life_cycle_state: string } }[];
        }>(`/api/2.2/jobs/runs/get?run_id=${run_id}`);
        const running = tasks.find(({ state }) => state.life_cycle_state === "RUNNING");
        if (running) return this.recorded(running.run_id);
      }
      await sleep(200);
    }
  }

  /** Closes connections. What is deployed stays. */
  async close(): Promise<void> {
    await this.ambari.close();
    await this.workspace.close();
  }

  private recorded(taskRun: number): number {
    const file = path.join(this.twin.home, "runs", String(taskRun), "process.json");
    return (JSON.parse(readFileSync(file, "utf8")) as { pid: number }).pid;
  }
}

interface Outputs {
  kafkaBrokers: string[];
  workspaceUrl: string;
  kafkaDashboardUrl: string;
  producerJobUrl: string;
  consumerJobUrl: string;
}

interface Job {
  settings: { tasks: { notebook_task: { base_parameters: Record<string, string> } }[] };
}

const jobId = (url: string): number => Number(/job\/(\d+)/.exec(url)?.[1]);
