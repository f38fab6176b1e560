import type { DeclaredTopic } from "./declaredTopics";
import type { Step } from "./events";
import type { ResourceChange } from "./model";
import { isTopicsScript } from "./topicEffects";
import { hasUnknown } from "./values";

/**
 * The topics that are deployed, where no history tells them: those that are declared, where their script does nothing, else
 * those of the output that lists them, and those that the script that ran last removed. Nothing where nobody knows.
 */
export function topicsBefore(
  steps: readonly Step[],
  planned: readonly ResourceChange[],
  outputs: Readonly<Record<string, unknown>>,
  declared: DeclaredTopic[] | undefined,
): DeclaredTopic[] | undefined {
  const script = planned.find(isTopicsScript);
  if (!script) return declared;
  if (script.operation === "create") return [];
  const { topics } = outputs;
  if (!Array.isArray(topics) || hasUnknown(topics)) return undefined;
  const ran = steps.find(({ urn, oldState }) => urn === script.urn && oldState)?.oldState?.inputs?.stdin;
  const removed = typeof ran === "string" ? removedBy(ran) : [];
  const marked = (declared ?? []).filter(({ name, deleted }) => deleted && removed.includes(name));
  return [...(topics as DeclaredTopic[]), ...marked];
}

/**
 * Names of the topics that a topics' script removes: the output leaves them out, so without them a mark that stays looks
 * like a new one. What another version of the script does may be told otherwise; then it has none.
 */
export function removedBy(script: string): string[] {
  const line = /^remove((?: '[^'\n]*')+)$/m.exec(script)?.[1] ?? "";
  return [...line.matchAll(/'([^']*)'/g)].map(([, name = ""]) => name);
}
