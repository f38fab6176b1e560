import type { EngineEvent, StepEventMetadata } from "@pulumi/pulumi/automation";
import type { Display, Task } from "../display";

/** How the engine's operations are called while they last, and afterwards. */
const verbs: Record<string, [doing: string, done: string]> = {
  create: ["creating", "created"],
  update: ["updating", "updated"],
  delete: ["deleting", "deleted"],
  replace: ["replacing", "replaced"],
  "create-replacement": ["creating its replacement", "replacement created"],
  "delete-replaced": ["deleting what was replaced", "what was replaced is deleted"],
  read: ["reading", "read"],
  refresh: ["refreshing", "refreshed"],
  import: ["importing", "imported"],
};

/**
 * Shows what the engine does from its own events, as `pulumi <operation> --json` prints them: a task for each resource
 * that a provider keeps, in the engine's own state, with what the provider says of it meanwhile.
 *
 * Components are left out: they group resources, and nothing is made for them.
 */
export class EngineProgress {
  /** What the engine gave as the reasons for failing, without repetitions. */
  readonly errors: string[] = [];
  private readonly tasks = new Map<string, { task: Task; op: string; type: string }>();
  private changed = 0;
  private unchanged = 0;

  constructor(private readonly display: Display) {}

  /** @param line of the engine's output; what is no event is shown as it is */
  take(line: string): void {
    if (line.trim() === "") return;
    const event = parse(line);
    if (!event) this.display.say(`  ${line}`);
    else this.show(event);
  }

  /** Ends what the engine left unfinished, and says how many resources changed. */
  close(): string {
    for (const { task, op } of this.tasks.values()) task.failed(`${doing(op)}, when the engine ended`);
    this.tasks.clear();
    if (this.changed + this.unchanged === 0) return "nothing to do: there are no resources";
    if (this.changed === 0) return `nothing to do: ${this.unchanged} resources are as the program has them`;
    return `${this.changed} resources changed, ${this.unchanged} unchanged`;
  }

  private show(event: EngineEvent): void {
    const { resourcePreEvent, resOutputsEvent, resOpFailedEvent, diagnosticEvent, policyEvent } = event;
    if (resourcePreEvent) this.begin(resourcePreEvent.metadata);
    if (resOutputsEvent) this.end(resOutputsEvent.metadata);
    if (resOpFailedEvent) this.fail(resOpFailedEvent.metadata);
    if (diagnosticEvent) this.diagnose(diagnosticEvent);
    if (policyEvent?.enforcementLevel === "mandatory") this.error(`${policyEvent.policyName}: ${policyEvent.message}`);
  }

  private begin(step: StepEventMetadata): void {
    // A replacement comes as its two halves, too.
    if (!isKept(step) || step.op === "same" || step.op === "replace") return;
    const task = this.display.task(nameOf(step.urn));
    const type = shortType(step.type);
    task.tell(`${doing(step.op)} ${type}`);
    this.tasks.set(keyOf(step), { task, op: step.op, type });
  }

  private end(step: StepEventMetadata): void {
    if (isKept(step) && step.op === "same") this.unchanged++;
    const found = this.taken(step);
    if (!found) return;
    this.changed++;
    found.task.done(`${(verbs[step.op]?.[1] ?? step.op).padEnd(8)} ${found.type}`);
  }

  private fail(step: StepEventMetadata): void {
    this.taken(step)?.task.failed(`failed while ${doing(step.op)}`);
  }

  private taken(step: StepEventMetadata) {
    const found = this.tasks.get(keyOf(step));
    this.tasks.delete(keyOf(step));
    return found;
  }

  private diagnose({ urn = "", message, severity, ephemeral }: NonNullable<EngineEvent["diagnosticEvent"]>): void {
    const text = message.trim();
    if (text === "") return;
    if (severity === "error") this.error(isStack(urn) ? text : `${nameOf(urn)}: ${text}`);
    if (severity === "warning") this.display.say(`  warning: ${urn && `${nameOf(urn)}: `}${text}`);
    if (severity === "error" || severity === "warning" || !ephemeral) return;
    for (const [key, { task, op, type }] of this.tasks) {
      if (key.endsWith(` ${urn}`)) task.tell(`${doing(op)} ${type}  ${text.split("\n").at(-1)}`);
    }
  }

  private error(text: string): void {
    // The engine's last word, after its reasons.
    if (text !== "update failed" && !this.errors.includes(text)) this.errors.push(text);
  }
}

/** An event, or undefined for a line that is none. */
function parse(line: string): EngineEvent | undefined {
  try {
    const event: unknown = JSON.parse(line);
    return typeof event === "object" && event !== null ? (event as EngineEvent) : undefined;
  } catch {
    return undefined;
  }
}

const doing = (op: string) => verbs[op]?.[0] ?? op;
const keyOf = ({ op, urn }: StepEventMetadata) => `${op} ${urn}`;
const isKept = (step: StepEventMetadata) => Boolean((step.new ?? step.old)?.custom);
const isStack = (urn: string) => urn === "" || urn.includes("::pulumi:pulumi:Stack::");
const nameOf = (urn: string) => urn.split("::").slice(3).join("::");

/** `hdinsight:Cluster` for `azure-native:hdinsight:Cluster`, `databricks:Job` for `databricks:index/job:Job`. */
function shortType(type: string): string {
  return type.replace(/^azure-native:/, "").replace(/^(\w+):index(?:\/\w+)?:/, "$1:");
}
