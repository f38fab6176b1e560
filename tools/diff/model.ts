/** How much a change disturbs, from nothing to data that is lost. */
export const grades = ["none", "low", "disruptive", "destructive"] as const;
export type Grade = (typeof grades)[number];

/** What a change means for those who run the environment. */
export interface Effect {
  grade: Grade;
  /** One sentence; nothing where the change speaks for itself. */
  cost?: string;
}

export type Operation = "create" | "update" | "replace" | "delete";

/** One property that differs. */
export interface PropertyChange {
  /** As the engine writes it: `tasks[0].libraries[1].maven.coordinates`. */
  path: string;
  kind: "added" | "removed" | "changed";
  before?: unknown;
  after?: unknown;
  /** Whether this one makes the resource a new one. */
  replaces: boolean;
  /** The path with names in place of numbers, where parts of a list have names: `securityRules[operators].priority`. */
  label?: string;
  /** Whether it decides who may reach the resource, or read what is in it. */
  opens?: true;
}

/** What happens to one resource. */
export interface ResourceChange extends Effect {
  urn: string;
  operation: Operation;
  /** Name in the program. */
  name: string;
  /** Type token, such as `azure-native:hdinsight:Cluster`. */
  type: string;
  /** Names of the components it is in, outermost first. */
  components: string[];
  properties: PropertyChange[];
  /** Whether it is in the state, and somebody deleted it. */
  isGone?: true;
  /** Whether it is not the resource itself that is deleted, but one that a replacement left, which failed half-way. */
  isLeftover?: true;
  /** Name of the resource that it is in and is replaced with, though nothing of its own differs. */
  replacedWith?: string;
  /** Whether the services refuse it, so that `up` stops there. */
  isRefused?: true;
}

/** An output of the stack that differs. */
export interface OutputChange extends Effect {
  name: string;
  kind: "added" | "removed" | "changed";
  before?: unknown;
  after?: unknown;
}

/** A key of the configuration that differs, in the stack file or by its default in `Pulumi.yaml`. */
export interface ConfigurationChange {
  /** Whole key with its path: `streaming:topics[0].partitions`. */
  key: string;
  kind: "added" | "removed" | "changed";
  before?: unknown;
  after?: unknown;
  /** Whether it is the default that differs, and not the stack file. */
  isDefault: boolean;
}

/** What a policy says about the new version. */
export interface PolicyFinding {
  policy: string;
  level: "advisory" | "mandatory";
  resource?: string;
  message: string;
  /** Whether the base version breaks it in the same words. Left out where that was not looked at. */
  isOld?: boolean;
}

/** What `up` stopped with, after it had done part of what was planned. */
export interface Refusal {
  /** What the services and the scripts said, without what the engine says around it. */
  message: string;
  /** Names of the resources that they refused. */
  resources: string[];
}

/** A component that seems to have got another name, and no alias. */
export interface Rename {
  before: string;
  after: string;
}

/** What the new version does to one environment. */
export interface StackReport {
  stack: string;
  grade: Grade;
  /** Why there is no comparison: what the engine said of one version. All below is empty then. */
  failure?: { version: "base" | "head"; message: string };
  /** Whether the new version has no file for the stack. All below is empty then. */
  isRemoved?: true;
  /** Whether this tells what was found that is not as the code says, and not what the code changes. */
  isDrift?: true;
  /** There is one where `changes` is what was planned, and `up` stopped half-way. */
  refusal?: Refusal;
  /** Components that would keep all that is in them, had they an alias. */
  renames: Rename[];
  /** Names of protected resources that `changes` would replace or delete: `up` refuses all of it. */
  guarded: string[];
  /** Resources that stay, and get or lose their protection. */
  protection: ProtectionChange[];
  changes: ResourceChange[];
  /** Number of resources that stay as they are. */
  unchanged: number;
  /** Names of resources that only wait for values of those in `changes`: they may stay as they are. */
  following: string[];
  outputs: OutputChange[];
  configuration: ConfigurationChange[];
  policies: PolicyFinding[];
  /** Notes on what `up` refuses or leaves, such as a topic that cannot lose partitions. */
  topics: TopicChange[];
  /** What of a deployed stack nobody could compare with its last deployment, and the report does not tell. */
  notCompared?: ("keys" | "topics")[];
  /** Keys whose values are made up here: encrypted, or left to whoever deploys. */
  standIns: { encrypted: string[]; missing: string[] };
  /** Keys among the missing ones that the base version does without: somebody has to set them before `up`. */
  needed: string[];
}

/** Resources whose `protect` differs. */
export interface ProtectionChange extends Effect {
  isOn: boolean;
  resources: string[];
}

/** A Kafka topic that differs. */
export interface TopicChange extends Effect {
  topic: string;
  what: string;
}

/** A notebook whose text differs, as a unified diff. */
export interface NotebookChange {
  file: string;
  added: number;
  removed: number;
  patch: string;
}

/** A package of the program with another version; a provider's decides what the engine runs. */
export interface PackageChange {
  name: string;
  before?: string;
  after?: string;
}

/** What a version of the project changes, for every stack that was asked for. */
export interface DiffReport {
  /** Heading of the report, without its grade. */
  subject: string;
  /** Names of the versions, as asked for; `working tree` for files that are not committed. */
  base: string;
  head: string;
  grade: Grade;
  stacks: StackReport[];
  notebooks: NotebookChange[];
  packages: PackageChange[];
  /** What a job that runs this lets through; nothing where it was not asked to stop anything. */
  gate?: Gate;
}

/** Which stacks change as badly as a job was asked to stop, and which of them people have accepted. */
export interface Gate {
  failOn: Grade;
  accepted: { stack: string; by: Acceptance }[];
  open: { stack: string; grade: Grade }[];
}

/** By what people accept a change: a label of the pull request, or a line of its description. */
export interface Acceptance {
  kind: "label" | "line";
  text: string;
}

/** The worst of them; `none` when there is none. */
export function worst(all: readonly { grade: Grade }[]): Grade {
  return grades[Math.max(0, ...all.map(({ grade }) => grades.indexOf(grade)))] as Grade;
}
