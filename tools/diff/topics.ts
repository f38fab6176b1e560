import type { DeclaredTopic } from "./declaredTopics";
import type { Effect, TopicChange } from "./model";
import { type Reason, refusals } from "./topicRefusals";

export type { DeclaredTopic };

/** What else is known of a deployment that changes topics. */
export interface Circumstances {
  /** Whether the Kafka cluster is another one, where no topic is yet, so that none can be refused. Default false. */
  isNewCluster?: boolean;
  /** Whether `up` stops, so that nothing of it is sure to happen. Default: whether one of the topics is refused. */
  isStopped?: boolean;
}

/** What happens to Kafka's topics. The engine sees a script with another text; this says what the script will do. */
export function topicChanges(
  before: readonly DeclaredTopic[],
  after: readonly DeclaredTopic[],
  { isNewCluster = false, isStopped = false }: Circumstances = {},
): TopicChange[] {
  const refused = isNewCluster ? [] : refusals(before, after);
  const isRefused = ({ name }: DeclaredTopic, reason: Reason) =>
    refused.some((each) => each.topic === name && each.reason === reason);
  const names = [...new Set([...before, ...after].map(({ name }) => name))];
  const changes = names.flatMap((topic): (What & { topic: string })[] => {
    const [old, now] = [before, after].map((list) => list.find(({ name }) => name === topic));
    // Once it is gone, it is all the same whether the mark stays.
    if (old?.deleted && (!now || now.deleted)) return [];
    if (!now) return [{ topic, ...undeclared }];
    // On another cluster there is none but those that were lost with the old one.
    if (now.deleted) return isNewCluster && !old ? [] : [{ topic, ...deleted }];
    if (!old || old.deleted) return [{ topic, ...made(now, isRefused(now, "name")) }];
    return [
      ...partitions(old, now, isRefused(now, "partitions")),
      ...replicas(old, now, isRefused(now, "replicas")),
      ...settings(old, now),
    ].map((change) => ({ topic, ...change }));
  });
  const verbs = doings[isStopped || refused.length > 0 ? "would" : "does"];
  return changes.map(({ does, how, ...change }) => ({ ...change, what: `${verbs[does]}${how ?? ""}` }));
}

/** What is done to a topic, and what would be done if nothing stopped it. One that is left out stays in any case. */
const doings = {
  does: { make: "is made", get: "gets", have: "has", delete: "is deleted", leave: "is no longer declared" },
  would: {
    make: "would be made",
    get: "would get",
    have: "would have",
    delete: "would be deleted",
    leave: "is no longer declared",
  },
} as const;

interface What extends Effect {
  does: keyof (typeof doings)["does"];
  /** The rest of the sentence. */
  how?: string;
}

const undeclared: What = {
  does: "leave",
  grade: "low",
  cost: "It stays in Kafka with its events, and nobody changes its settings any more.",
};

const deleted: What = {
  does: "delete",
  how: ", where it exists",
  grade: "destructive",
  cost: "Kafka deletes it with all events in it.",
};

const stops = "`pulumi up` refuses this and stops.";

function made({ partitions, replicationFactor }: DeclaredTopic, isRefused: boolean): What {
  const what = { does: "make", how: `, with ${partitions} partitions and ${replicationFactor} replicas` } as const;
  if (!isRefused) return { ...what, grade: "low" };
  return { ...what, grade: "disruptive", cost: `Its metrics would have the name of another topic's: ${stops}` };
}

function partitions(
  { partitions: old }: DeclaredTopic,
  { partitions: now }: DeclaredTopic,
  isRefused: boolean,
): What[] {
  if (now === old) return [];
  const what = { does: "get", how: ` ${now} partitions instead of ${old}` } as const;
  if (isRefused) return [{ ...what, grade: "disruptive", cost: `Kafka cannot take partitions away: ${stops}` }];
  if (now < old) return [{ ...what, grade: "low" }];
  return [
    {
      ...what,
      grade: "low",
      cost: "Keys go to other partitions from then on: their order is kept among the events before, and among those after.",
    },
  ];
}

function replicas(
  { replicationFactor: old }: DeclaredTopic,
  { replicationFactor: now }: DeclaredTopic,
  isRefused: boolean,
): What[] {
  if (now === old) return [];
  const what = { does: "get", how: ` ${now} replicas instead of ${old}` } as const;
  if (!isRefused) return [{ ...what, grade: "low" }];
  return [{ ...what, grade: "disruptive", cost: `Replicas are moved by Kafka's own tool: ${stops}` }];
}

function settings(old: DeclaredTopic, now: DeclaredTopic): What[] {
  const names = [...new Set([...Object.keys(old.config), ...Object.keys(now.config)])].sort();
  return names.flatMap((name): What[] => {
    const [before, after] = [old.config[name], now.config[name]];
    if (before === after) return [];
    const how = ` \`${name}\` ${inWords(name, after)} instead of ${inWords(name, before)}`;
    const effect = effects[name]?.(before, after, now.config) ?? ({ grade: "low" } as const);
    return [{ does: "have", how, ...effect }];
  });
}

/** A setting as people would say it. */
function inWords(name: string, value: string | undefined): string {
  if (value === undefined) return "Kafka's default";
  if (name === "retention.ms") return `${value} (${value === "-1" ? "for ever" : duration(Number(value))})`;
  return name === "retention.bytes" && value === "-1" ? `${value} (without limit)` : value;
}

const units = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
  ["second", 1000],
] as const;

/** Milliseconds in the largest unit that they are a whole number of: `36 hours`. */
function duration(ms: number): string {
  const [unit, size] = units.find(([, each]) => ms >= each && ms % each === 0) ?? ["millisecond", 1];
  return `${ms / size} ${unit}${ms === size ? "" : "s"}`;
}

type SettingEffect = (
  before: string | undefined,
  after: string | undefined,
  config: DeclaredTopic["config"],
) => Effect | undefined;

/** Settings of Kafka's whose change costs something; what they are without being set is Kafka's own default.
 * Source: https://kafka.apache.org/documentation/#topicconfigs */
const effects: Record<string, SettingEffect> = {
  "retention.ms": (before = "604800000", after = "604800000", config) =>
    retention(before, after, config, "Kafka deletes the events that are older than that."),
  "retention.bytes": (before = "-1", after = "-1", config) =>
    retention(before, after, config, "Kafka deletes the oldest events of each partition that is larger than that."),
  "cleanup.policy": (before = "delete", after = "delete") => {
    const isNew = (name: string) => has(after, name) && !has(before, name);
    if (isNew("compact")) {
      return {
        grade: "destructive",
        cost: "Kafka keeps only the newest event of each key, deletes the others, and refuses events without a key.",
      };
    }
    if (!isNew("delete")) return undefined;
    return { grade: "destructive", cost: "Kafka deletes the events that are older than the topic's retention." };
  },
  "max.message.bytes": (before = "1048588", after = "1048588") =>
    Number(after) < Number(before)
      ? { grade: "disruptive", cost: "Kafka refuses larger batches of events from then on." }
      : undefined,
};

/** Whether one of the policies of a topic is the one that is named. */
function has(policies: string, name: string): boolean {
  return policies.split(/\s*,\s*/).includes(name);
}

/** What another retention does, where -1 is for ever: a topic that is only compacted has none. */
function retention(
  before: string,
  after: string,
  { "cleanup.policy": policies = "delete" }: DeclaredTopic["config"],
  loss: string,
): ReturnType<SettingEffect> {
  if (!has(policies, "delete")) return { grade: "low", cost: "It is only compacted, so this has no effect." };
  const [old, now] = [before, after].map((value) => (value === "-1" ? Number.POSITIVE_INFINITY : Number(value))) as [
    number,
    number,
  ];
  if (now < old) return { grade: "destructive", cost: loss };
  return now > old ? { grade: "low", cost: "Nothing is lost; the brokers' disks have to hold more." } : undefined;
}
