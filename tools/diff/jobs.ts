import type { ResourceState } from "./events";
import type { Effect, PropertyChange } from "./model";

/**
 * What a change of a job means for its stream. That of a continuous job is started anew in any case, on a new cluster; where
 * it goes on is the notebook's business, and depends on what differs.
 */
export function jobUpdate(properties: readonly PropertyChange[], before?: Pick<ResourceState, "inputs">): Effect {
  const kept = properties.find(({ path }) => /^continuous\b/.test(path))?.kind;
  if (kept === "removed") return disruptive(noLongerKept);
  if (kept === "added") return { grade: "low", cost: nowKept };
  if (before?.inputs && before.inputs.continuous === undefined) return { grade: "low", cost: nextRun };
  const differs = (parameter: string) => properties.some(({ path }) => path.endsWith(`.baseParameters.${parameter}`));
  // A checkpoint belongs to one Kafka cluster: with another one there is nothing to go on from.
  if (differs("checkpoint")) return disruptive(newStream);
  if (notebookOf(before) === "KafkaConsumer") return disruptive(differs("topic") ? otherTopic : goesOn);
  if (["source", "topic", "dataset"].some(differs)) return disruptive(newPosition);
  return disruptive(goesOn);
}

// Without `continuous`, nobody but whoever runs the job starts it: https://docs.databricks.com/aws/en/jobs/continuous
const noLongerKept =
  "It is not kept going any longer: when the run of now has ended, the next one begins when somebody starts it.";
const nowKept = "A run is started, and kept going from then on.";
const nextRun = "No run is started or stopped by it; the next one has it.";
const restart = "Its stream is started anew, on a new cluster: about 5 minutes without it.";
const goesOn = `${restart} It goes on from its checkpoint.`;
const newStream =
  "Its stream begins anew, with an empty checkpoint and output of its own. What the old one wrote stays.";
const newPosition = `${restart} Each source and each topic has a position of its own: with new ones it begins anew.`;
// With `failOnDataLoss`, partitions that the checkpoint has and the topic has not end the query.
// Source: https://github.com/apache/spark/blob/v3.5.0/connector/kafka-0-10-sql/src/main/scala/org/apache/spark/sql/kafka010/KafkaOffsetReaderAdmin.scala
const otherTopic =
  `${restart} Its checkpoint holds positions in the old topic, and Spark does not go on from it with another one: the ` +
  "job fails until `streaming:storagePath` is another one, too.";

function disruptive(cost: string): Effect {
  return { grade: "disruptive", cost };
}

/** Name of the notebook that a job runs, as far as its state tells. */
function notebookOf(before: Pick<ResourceState, "inputs"> | undefined): string | undefined {
  const tasks = before?.inputs?.tasks as { notebookTask?: { notebookPath?: unknown } }[] | undefined;
  const place = tasks?.[0]?.notebookTask?.notebookPath;
  return typeof place === "string" ? place.split("/").at(-1) : undefined;
}
