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
  what: "is declared no more",
  grade: "low",
  cost: "It stays in Kafka, with its events, and nothing changes it any more.",
};

const deleted: What = {
  what: "is deleted, where it exists",
  grade: "destructive",
  cost: "Kafka deletes it with all events in it.",
};

function partitions({ partitions: old }: DeclaredTopic, { partitions: now }: DeclaredTopic): What[] {
  const what = `gets ${now} partitions instead of ${old}`;
  if (now === old) return [];
  if (now > old)
    return [
      {
        what,
        grade: "low",
        cost: "Keys go to other partitions from then on, so their order is kept only within each side.",
      },
    ];
  return [
    { what, grade: "disruptive", cost: "Kafka cannot take partitions away: `pulumi up` refuses this and stops." },
  ];
}

function replicas({ replicationFactor: old }: DeclaredTopic, { replicationFactor: now }: DeclaredTopic): What[] {
  if (now === old) return [];
  return [
    {
      what: `gets ${now} replicas instead of ${old}`,
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
    const what = `\`${name}\` is ${after ?? "Kafka's default"} instead of ${before ?? "Kafka's default"}`;
    return isShorter(name, before, after)
      ? [{ what, grade: "destructive", cost: "Kafka deletes the events that are older or more than that." }]
      : [{ what, grade: "low" }];
  });
}

/** Whether Kafka will keep less: -1 is for ever. */
function isShorter(name: string, before: string | undefined, after: string | undefined): boolean {
  if (name !== "retention.ms" && name !== "retention.bytes") return false;
  const week = "604800000";
  const [old, now] = [before, after].map((value) => Number(value ?? (name === "retention.ms" ? week : "-1")));
  return now !== -1 && (old === -1 || (now as number) < (old as number));
}
