import type { TopicChange } from "./model";

/** A topic as the configuration declares it. */
export interface DeclaredTopic {
  name: string;
  partitions: number;
  replicationFactor: number;
  config: Record<string, string>;
  /** Whether it is declared in order to be deleted. */
  deleted?: boolean;
}

/** What happens to Kafka's topics. The engine sees a script with another text; this says what the script will do. */
export function topicChanges(before: readonly DeclaredTopic[], after: readonly DeclaredTopic[]): TopicChange[] {
  const names = [...new Set([...before, ...after].map(({ name }) => name))];
  return names.flatMap((topic): TopicChange[] => {
    const [old, now] = [before, after].map((list) => list.find(({ name }) => name === topic));
    // Once it is gone, it is all the same whether the mark stays.
    if (old?.deleted && (!now || now.deleted)) return [];
    if (!now) return [{ topic, ...undeclared }];
    if (now.deleted) return [{ topic, ...deleted }];
    if (!old || old.deleted) {
      return [
        {
          topic,
          what: `is made, with ${now.partitions} partitions and ${now.replicationFactor} replicas`,
          grade: "low",
        },
      ];
    }
    return [...partitions(old, now), ...replicas(old, now), ...settings(old, now)].map((change) => ({
      topic,
      ...change,
    }));
  });
}

type What = Omit<TopicChange, "topic">;

const undeclared: What = {
  what: "is no longer declared",
  grade: "low",
  cost: "It stays in Kafka with its events, and nobody changes its settings any more.",
};

const deleted: What = {
  what: "is deleted, where it exists",
  grade: "destructive",
  cost: "Kafka deletes it with all events in it.",
};

function partitions({ partitions: old }: DeclaredTopic, { partitions: now }: DeclaredTopic): What[] {
  if (now === old) return [];
  if (now > old)
    return [
      {
        what: `gets ${now} partitions instead of ${old}`,
        grade: "low",
        cost: "Keys go to other partitions from then on: their order is kept among the events before, and among those after.",
      },
    ];
  return [
    {
      what: `would get ${now} partitions instead of ${old}`,
      grade: "disruptive",
      cost: "Kafka cannot take partitions away: `pulumi up` refuses this and stops.",
    },
  ];
}

function replicas({ replicationFactor: old }: DeclaredTopic, { replicationFactor: now }: DeclaredTopic): What[] {
  if (now === old) return [];
  return [
    {
      what: `would get ${now} replicas instead of ${old}`,
      grade: "disruptive",
      cost: "Replicas are moved by Kafka's own tool: `pulumi up` refuses this and stops.",
    },
  ];
}

function settings(old: DeclaredTopic, now: DeclaredTopic): What[] {
  const names = [...new Set([...Object.keys(old.config), ...Object.keys(now.config)])].sort();
  return names.flatMap((name): What[] => {
    const [before, after] = [old.config[name], now.config[name]];
    if (before === after) return [];
    const what = `has \`${name}\` ${inWords(name, after)} instead of ${inWords(name, before)}`;
    const effect = effects[name]?.(before, after, now.config) ?? ({ grade: "low" } as const);
    return [{ what, ...effect }];
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
) => Omit<What, "what"> | undefined;

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
