import { closest } from "fastest-levenshtein";
import { z } from "zod";

/** What the values of one topic configuration are. `needs` completes the sentence "needs ...". */
interface Kind {
  accepts(value: string): boolean;
  needs: string;
  /** A good value, as like the bad one as may be. */
  example(bad: string): string;
}

const int = 2n ** 31n - 1n;
const long = 2n ** 63n - 1n;

function whole(unit: string, min: number, max: bigint, example: string): Kind {
  return {
    accepts: (value) => /^-?\d{1,19}$/.test(value) && BigInt(value) >= min && BigInt(value) <= max,
    needs: `a whole number${unit && ` of ${unit}`} from ${min} to ${max}${min < 0 ? ", where -1 is no limit" : ""}`,
    example: () => example,
  };
}

const ratio: Kind = {
  accepts: (value) => /^(?:0|1|0?\.\d{1,15}|1\.0{1,15})$/.test(value),
  needs: "a number from 0 to 1, such as 0.5",
  example: () => "0.5",
};

function one(...words: string[]): Kind {
  return {
    accepts: (value) => words.includes(value),
    needs: `one of ${words.join(", ")}`,
    example: (bad) => closest(bad, words),
  };
}

function some(...words: string[]): Kind {
  return {
    accepts: (value) => value.split(",").every((word) => words.includes(word)),
    needs: `one or more of ${words.join(", ")}, with commas and no spaces between them`,
    example: (bad) => closest(bad, words),
  };
}

const boolean = one("true", "false");

const throttled: Kind = {
  accepts: (value) => /^(?:\*|\d{1,9}:\d{1,9}(?:,\d{1,9}:\d{1,9})*)$/.test(value),
  needs: '"*", or a list of PARTITION:BROKER with commas and no spaces between them',
  example: () => "*",
};

/** As Kafka lists them. */
const formatVersions = (
  "0.8.0 0.8.1 0.8.2 0.9.0 0.10.0-IV0 0.10.0-IV1 0.10.1-IV0 0.10.1-IV1 0.10.1-IV2 0.10.2-IV0 0.11.0-IV0 0.11.0-IV1 " +
  "0.11.0-IV2 1.0-IV0 1.1-IV0 2.0-IV0 2.0-IV1 2.1-IV0 2.1-IV1 2.1-IV2 2.2-IV0 2.2-IV1 2.3-IV0 2.3-IV1 2.4-IV0 2.4-IV1 " +
  "2.5-IV0 2.6-IV0 2.7-IV0 2.7-IV1 2.7-IV2 2.8-IV0 2.8-IV1 3.0-IV0 3.0-IV1 3.1-IV0 3.2-IV0"
).split(" ");

/**
 * A version, with or without its `-IV`. Kafka reads two numbers of it since 1.0, three before, and overlooks what follows a
 * further period.
 */
const formatVersion: Kind = {
  accepts: (value) => {
    const read = value.split(".", value.startsWith("0.") ? 3 : 2).join(".");
    return formatVersions.some((known) => known === read || known.replace(/-IV\d$/, "") === read);
  },
  needs: 'a version of Kafka from 0.8.0 to 3.2, in quotes, such as "3.0"',
  example: () => "3.0",
};

const milliseconds = (min: number, example: string) => whole("milliseconds", min, long, example);

/**
 * What Kafka 3.2, the one version that HDInsight makes, lets a topic decide, and of which values. It refuses any other
 * name and value, on the brokers, in the middle of a deployment. In two places this is narrower than Kafka, which takes
 * every negative number for no limit of `retention.bytes`, and spaces around commas.
 *
 * Source: https://kafka.apache.org/32/documentation.html#topicconfigs
 */
export const topicConfigs: Readonly<Record<string, Kind>> = {
  "cleanup.policy": some("delete", "compact"),
  "compression.type": one("producer", "uncompressed", "gzip", "snappy", "lz4", "zstd"),
  "delete.retention.ms": milliseconds(0, "86400000"),
  "file.delete.delay.ms": milliseconds(0, "60000"),
  "flush.messages": whole("messages", 0, long, "10000"),
  "flush.ms": milliseconds(0, "1000"),
  "follower.replication.throttled.replicas": throttled,
  "index.interval.bytes": whole("bytes", 0, int, "4096"),
  "leader.replication.throttled.replicas": throttled,
  "max.compaction.lag.ms": milliseconds(1, "604800000"),
  "max.message.bytes": whole("bytes", 0, int, "1048588"),
  "message.downconversion.enable": boolean,
  "message.format.version": formatVersion,
  "message.timestamp.difference.max.ms": milliseconds(0, "86400000"),
  "message.timestamp.type": one("CreateTime", "LogAppendTime"),
  "min.cleanable.dirty.ratio": ratio,
  "min.compaction.lag.ms": milliseconds(0, "0"),
  "min.insync.replicas": whole("replicas", 1, int, "2"),
  preallocate: boolean,
  "retention.bytes": whole("bytes", -1, long, "-1"),
  "retention.ms": milliseconds(-1, "604800000"),
  "segment.bytes": whole("bytes", 14, int, "1073741824"),
  "segment.index.bytes": whole("bytes", 0, int, "10485760"),
  "segment.jitter.ms": milliseconds(0, "0"),
  "segment.ms": milliseconds(1, "604800000"),
  "unclean.leader.election.enable": boolean,
};

/** YAML turns 2 and true into numbers and booleans; Kafka takes text. */
function settingOf({ accepts, needs, example }: Kind) {
  return z
    .union([z.string(), z.number(), z.boolean()], { error: needs })
    .superRefine((value, context) => {
      const text = String(value);
      // A number of more digits is another number by the time that it is here.
      const isRounded = typeof value === "number" && Number.isInteger(value) && !Number.isSafeInteger(value);
      if (!isRounded && accepts(text)) return;
      const message = isRounded ? `${needs}, in quotes, since it has more than 15 digits` : needs;
      context.addIssue({ code: "custom", message, params: { example: example(text) } });
    })
    .transform(String)
    .optional()
    .meta({ description: `${needs[0].toUpperCase()}${needs.slice(1)}.` });
}

const values = Object.fromEntries(Object.entries(topicConfigs).map(([name, kind]) => [name, settingOf(kind)]));

/** The `config` of a topic, by Kafka's own names. */
export const topicConfig = z
  .strictObject(values, {
    error: ({ code }) =>
      code === "unrecognized_keys"
        ? "the topic settings of Kafka 3.2, and nothing else"
        : "an object of names and values",
  })
  .superRefine((config, context) => {
    const [min, max] = ["min.compaction.lag.ms", "max.compaction.lag.ms"].map((name) => config[name]);
    if (min === undefined || max === undefined || BigInt(min) <= BigInt(max)) return;
    const message = `at most the topic's \`max.compaction.lag.ms\` (${max})`;
    context.addIssue({ code: "custom", path: ["min.compaction.lag.ms"], message, params: { example: max } });
  })
  .transform((config) => config as Record<string, string>);
