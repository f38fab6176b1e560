import { type ComponentName, configurationTypes, type HostComponent, StartFailure } from "../../engines/kafka";
import type { Logger } from "../../log";
import type { AmbariRequest, AmbariState, Task, TaskStatus } from "./state";

/** A stop that takes longer is finished with SIGKILL. */
const stopGrace = 30_000;

/** What a stage of each command begins with: ZooKeeper is there before the brokers, and goes after them. */
const stageOrder: Record<Task["command"], ComponentName[]> = {
  START: ["ZOOKEEPER_SERVER", "KAFKA_BROKER"],
  STOP: ["KAFKA_BROKER", "ZOOKEEPER_SERVER"],
  RESTART: ["ZOOKEEPER_SERVER", "KAFKA_BROKER"],
};

const doing: Record<Task["command"], string> = { START: "STARTING", STOP: "STOPPING", RESTART: "STARTING" };

/**
 * Carries out requests, one after the other, as Ambari's agents would: the tasks of a stage at the same time. Every
 * step is on disk; what a previous supervisor left unfinished ends as ABORTED.
 */
export class RequestRunner {
  private queue: Promise<void> = Promise.resolve();
  private readonly closing = new AbortController();
  private readonly transitions = new Map<HostComponent, string>();

  constructor(
    private readonly state: AmbariState,
    private readonly components: HostComponent[],
    private readonly log: Logger,
  ) {
    for (const request of state.now.requests)
      this.abort(request, "The twin ended while this ran; send the request again");
  }

  /** What a request is just doing with a component: STARTING or STOPPING. */
  transition(component: HostComponent): string | undefined {
    return this.transitions.get(component);
  }

  /** Queues a command for these components. Returns the request's id. */
  submit(command: Task["command"], components: HostComponent[], context: string): number {
    const { requests } = this.state.now;
    const id = (requests.at(-1)?.id ?? 0) + 1;
    let taskId = Math.max(0, ...requests.flatMap(({ tasks }) => tasks.map((task) => task.id)));
    const order = stageOrder[command].filter((name) => components.some((component) => component.name === name));
    const tasks = order.flatMap((name, stage) =>
      components
        .filter((component) => component.name === name)
        .map(({ host }): Task => {
          const waiting = { status: "PENDING" as const, started: -1, ended: -1, stderr: "" };
          return { id: ++taskId, component: name, host: host.name, command, stage, ...waiting };
        }),
    );
    this.state.saveRequest({ id, context, created: Date.now(), tasks });
    this.queue = this.queue.then(() => this.run(id));
    return id;
  }

  /** Ends what is under way as ABORTED. Resolves when nothing runs any more. */
  async close(): Promise<void> {
    this.closing.abort();
    await this.queue;
  }

  private async run(id: number): Promise<void> {
    const stages = new Set(this.request(id).tasks.map(({ stage }) => stage));
    for (const stage of stages) {
      const tasks = this.request(id).tasks.filter((task) => task.stage === stage && task.status === "PENDING");
      await Promise.all(tasks.map((task) => this.runTask(id, task)));
      if (!this.request(id).tasks.every((task) => task.stage > stage || task.status === "COMPLETED")) break;
    }
    this.abort(this.request(id), "Not begun, because an earlier stage of the request did not complete");
    const { context } = this.request(id);
    this.log.info("ambari request ended", { id, context, status: statusOf(this.request(id)) });
  }

  private async runTask(id: number, task: Task): Promise<void> {
    const component = this.components.find(({ name, host }) => name === task.component && host.name === task.host);
    if (this.closing.signal.aborted || !component) return;
    this.saveTask(id, { ...task, status: "IN_PROGRESS", started: Date.now() });
    this.transitions.set(component, doing[task.command]);
    let outcome: { status: TaskStatus; stderr: string } = { status: "COMPLETED", stderr: "" };
    try {
      if (task.command !== "START") await component.stop(stopGrace);
      if (task.command !== "STOP") await this.start(component);
    } catch (error) {
      outcome = { status: this.failureStatus(error), stderr: (error as Error).message };
      this.log.warn("ambari task failed", { id, host: task.host, command: task.command, reason: outcome.stderr });
    } finally {
      this.transitions.delete(component);
    }
    this.saveTask(id, { ...task, ...outcome, started: this.task(id, task.id).started, ended: Date.now() });
  }

  /** Starts a component with the configurations in force, and notes which those were. */
  async start(component: HostComponent): Promise<void> {
    const types = configurationTypes[component.name];
    const tags = Object.fromEntries(types.map((type) => [type, this.state.now.current[type] ?? ""]));
    const { applied } = this.state.now;
    this.state.update({ applied: { ...applied, [`${component.name}@${component.host.name}`]: tags } });
    await component.start(this.state.configurations(types), this.closing.signal);
  }

  private failureStatus(error: unknown): TaskStatus {
    if (this.closing.signal.aborted) return "ABORTED";
    return error instanceof StartFailure && error.timedOut ? "TIMEDOUT" : "FAILED";
  }

  private abort(request: AmbariRequest, reason: string): void {
    if (request.tasks.every(({ status }) => isOver(status))) return;
    const tasks = request.tasks.map(
      (task): Task => (isOver(task.status) ? task : { ...task, status: "ABORTED", ended: Date.now(), stderr: reason }),
    );
    this.state.saveRequest({ ...request, tasks });
  }

  private request(id: number): AmbariRequest {
    return this.state.now.requests.find((request) => request.id === id) as AmbariRequest;
  }

  private task(id: number, taskId: number): Task {
    return this.request(id).tasks.find((task) => task.id === taskId) as Task;
  }

  private saveTask(id: number, task: Task): void {
    const request = this.request(id);
    this.state.saveRequest({ ...request, tasks: request.tasks.map((each) => (each.id === task.id ? task : each)) });
  }
}

export function isOver(status: TaskStatus): boolean {
  return status !== "PENDING" && status !== "IN_PROGRESS";
}

/** A request's status, from those of its tasks: the worst once it is over. */
export function statusOf(request: AmbariRequest): TaskStatus {
  const statuses = request.tasks.map(({ status }) => status);
  if (statuses.every((status) => status === "PENDING") && statuses.length > 0) return "PENDING";
  if (statuses.some((status) => !isOver(status))) return "IN_PROGRESS";
  return (["FAILED", "TIMEDOUT", "ABORTED"] as const).find((status) => statuses.includes(status)) ?? "COMPLETED";
}
