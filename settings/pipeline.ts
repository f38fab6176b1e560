import { z } from "zod";
import { isDuration, isTopicName, structured, topicNameNeeds } from "./forms";
import { keyName, type Problem, removeCommand, setCommand, show } from "./problems";

const sinks = ["delta", "json", "parquet", "console", "memory", "noop"];
/** Spark can write to these without micro-batches. */
const continuousSinks = ["console", "memory", "noop"];

const partitions = z.record(z.string().regex(/^\d+$/), z.int().min(-2));
const offsetsByTopic = structured(z.record(z.string(), partitions), "offsets as JSON");

export const triggerNeeds = 'an interval such as "2 seconds", "availableNow", or "continuous 1 second"';
export const sinkNeeds = `one of ${sinks.join(", ")}, or kafka:TOPIC (${topicNameNeeds})`;

export function isTrigger(trigger: string): boolean {
  return trigger === "availableNow" || isDuration(trigger.replace(/^continuous /, ""));
}

export function isSink(sink: string): boolean {
  return sinks.includes(sink) || isTopicName(sinkTopic(sink) ?? "");
}

/** Whether a token may be sent there: by HTTPS, or without leaving the machine. No path, since the notebook adds it. */
export function isApiUrl(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const url = new URL(value);
  const secure =
    url.protocol === "https:" || (url.protocol === "http:" && /^(?:127(?:\.\d+){3}|localhost)$/.test(url.hostname));
  return secure && url.username === "" && (value === url.origin || value === `${url.origin}/`);
}

/** What the settings of the pipeline must be to each other and to the topics. */
export function pipelineProblems(values: {
  topics?: { name: string; deleted?: boolean }[];
  topic?: string;
  source?: string;
  twitterBearerToken?: string;
  startingOffsets?: string;
  trigger?: string;
  sink?: string;
}): Problem[] {
  const { source, twitterBearerToken, trigger, sink } = values;
  const problems: Problem[] = [];

  // A token that is there but wrong is no part of `values`, and reported already.
  if (source === "twitter" && "twitterBearerToken" in values && twitterBearerToken === undefined) {
    problems.push({
      key: keyName("twitterBearerToken"),
      got: "nothing",
      needs: 'the bearer token of an X app, because `streaming:source` is "twitter"; "replay" needs none',
      fix: ["pulumi config set --secret streaming:twitterBearerToken"],
    });
  }
  if (trigger?.startsWith("continuous") && sink && !continuousSinks.includes(sink) && sinkTopic(sink) === undefined) {
    problems.push({
      key: keyName("sink"),
      got: show(sink),
      needs: `kafka:TOPIC, ${continuousSinks.join(", ")}: Spark writes to no other with \`streaming:trigger\` "${trigger}"`,
      fix: [setCommand("trigger", "1 second")],
    });
  }
  return [...problems, ...usedTopicProblems(values), ...offsetProblems(values)];
}

/** The topics that the notebooks read and write have to be declared, and to stay. */
function usedTopicProblems({ topics, topic, sink }: Parameters<typeof pipelineProblems>[0]): Problem[] {
  if (!topics) return [];
  const names = topics.map(({ name }) => name);
  const source = topic ?? names[0];
  const usable = topics.filter(({ deleted }) => !deleted).map(({ name }) => name);
  const known = `one of \`streaming:topics\` (${usable.join(", ")})`;
  const problems: Problem[] = [];

  if (!names.includes(source)) {
    const fix = [setCommand("topic", usable[0] ?? names[0])];
    problems.push({ key: keyName("topic"), got: show(source), needs: known, fix });
  }
  const target = sink && sinkTopic(sink);
  if (target && (!names.includes(target) || target === source)) {
    const other = usable.find((name) => name !== source);
    problems.push({
      key: keyName("sink"),
      got: show(sink),
      needs: `${known}, but not the one it reads (${source})`,
      fix: [setCommand("sink", other === undefined ? "json" : `kafka:${other}`)],
    });
  }
  return [
    ...problems,
    ...deletionProblems(topics, source, "producer and consumer use (`streaming:topic`, by default the first)"),
    ...deletionProblems(topics, target, "the consumer writes to (`streaming:sink`)"),
  ];
}

/** A topic that a notebook uses cannot be marked for deletion. */
function deletionProblems(
  topics: { name: string; deleted?: boolean }[],
  used: string | undefined,
  by: string,
): Problem[] {
  const index = topics.findIndex(({ name, deleted }) => deleted && name === used);
  if (index < 0) return [];
  const path = [index, "deleted"];
  const needs = `to be left out for a topic that ${by}`;
  return [{ key: keyName("topics", path), got: show(true), needs, fix: [removeCommand("topics", path)] }];
}

/** Spark's own form: {"topic":{"0":23,"1":-2}}, where -2 is the earliest and -1 the latest offset. */
function offsetProblems({ topics, topic, startingOffsets }: Parameters<typeof pipelineProblems>[0]): Problem[] {
  if (startingOffsets === undefined || ["earliest", "latest"].includes(startingOffsets)) return [];
  const source = topic ?? topics?.[0]?.name;
  const offsets = offsetsByTopic.safeParse(startingOffsets);
  if (offsets.success && (source === undefined || Object.keys(offsets.data).join() === source)) return [];
  return [
    {
      key: keyName("startingOffsets"),
      got: show(startingOffsets),
      needs: `earliest, latest, or an offset for each partition of topic ${source ?? "TOPIC"}, such as {"${source ?? "TOPIC"}":{"0":23,"1":-2}} (-2 is earliest, -1 latest)`,
      fix: [setCommand("startingOffsets", "earliest")],
    },
  ];
}

function sinkTopic(sink: string): string | undefined {
  return sink.startsWith("kafka:") ? sink.slice("kafka:".length) : undefined;
}
