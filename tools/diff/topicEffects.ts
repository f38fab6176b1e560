import type { DeclaredTopic } from "./declaredTopics";
import type { Refusal, ResourceChange, TopicChange } from "./model";
import { nameOf } from "./resources";
import { refusalMessage } from "./topicRefusals";
import { topicChanges } from "./topics";

/** The changes of a stack, with what becomes of its topics. */
export interface WithTopics {
  changes: ResourceChange[];
  topics: TopicChange[];
  /** What stops `up`: the topics' script, or what did so without it, or both. */
  refusal?: Refusal;
}

/**
 * What happens to topics. Where the script refuses some of them it changes none, and `up` stops at it.
 *
 * @param refusal what stops `up` half-way without that
 * @param isRefused whether `up` refuses all of it, whatever the script says: for the sake of policies or protection
 */
export function withTopics(
  changes: readonly ResourceChange[],
  before: readonly DeclaredTopic[],
  after: readonly DeclaredTopic[],
  refusal?: Refusal,
  isRefused = false,
): WithTopics {
  const isNewCluster = changes.some(
    ({ type, operation }) =>
      type === "azure-native:hdinsight:Cluster" && (operation === "create" || operation === "replace"),
  );
  const message = isNewCluster ? undefined : refusalMessage(before, after);
  const scripts = message === undefined ? [] : changes.filter(isTopicsScript).map(({ urn }) => urn);
  const stopped = message !== undefined && scripts.length > 0 ? join(refusal, message, scripts) : refusal;
  return {
    changes: changes.map((change) => (scripts.includes(change.urn) ? { ...change, isRefused: true } : change)),
    topics: topicChanges(before, after, { isNewCluster, isStopped: isRefused || stopped !== undefined }),
    ...(stopped && { refusal: stopped }),
  };
}

/** Whether it is the script of components/kafka/topics.ts, by the type of the component that it is in. */
export function isTopicsScript({ urn, operation }: ResourceChange): boolean {
  return operation !== "delete" && urn.includes("streaming:kafka:KafkaTopics$command:remote:Command::");
}

/** All that is to be mended, also what the script would come to only after the rest. */
function join(refusal: Refusal | undefined, message: string, scripts: readonly string[]): Refusal {
  return {
    message: refusal ? `${refusal.message}\n${message}` : message,
    resources: [...new Set([...(refusal?.resources ?? []), ...scripts.map(nameOf)])].sort(),
  };
}
