import { addressProblems } from "./addresses";
import { advertisingProblems } from "./advertising";
import { credentialProblems } from "./credentials";
import { databricksProblems } from "./databricks";
import { encryptionProblems } from "./encryption";
import type { Values } from "./keys";
import { locationProblems } from "./location";
import { logProblems } from "./monitoring";
import { networkProblems } from "./network";
import { nodeProblems } from "./nodes";
import { parseKeys, type RawConfig, unknownKeys } from "./parse";
import { pipelineProblems } from "./pipeline";
import type { Problem } from "./problems";
import { scriptActionProblems } from "./scriptActions";
import { sparkProblems } from "./spark";
import { stackNameProblems } from "./stackNames";
import { storageProblems } from "./storage";
import { defaultTopics, topicProblems } from "./topics";

/** The configuration of a stack that has no problem: the topics are there, if need be the default ones. */
export type CheckedValues = Values & { topics: NonNullable<Values["topics"]>; location: string };

/**
 * Checks the configuration of one stack: each key by itself, what they must be to each other, and that there is no other
 * key. The values are whole only when there is no problem.
 *
 * @param location text of `azure-native:location`
 * @param stack name of the stack, without its organization: other names are made of it
 */
export function checkConfiguration(
  raw: RawConfig,
  location: string | undefined,
  stack: string,
): { values: Partial<CheckedValues>; problems: Problem[] } {
  const { values, problems } = parseKeys(raw);
  // A list that is wrong by itself is not replaced by the default one.
  const known = { ...values, topics: "topics" in values ? (values.topics ?? defaultTopics) : undefined };
  return {
    values: { ...known, location },
    problems: [
      ...locationProblems(location),
      ...problems,
      ...stackNameProblems(known, stack),
      ...addressProblems(known),
      ...networkProblems(known),
      ...nodeProblems(known),
      ...advertisingProblems(known),
      ...topicProblems(known),
      ...storageProblems(known),
      ...encryptionProblems(known),
      ...scriptActionProblems(known),
      ...credentialProblems(known),
      ...databricksProblems(known),
      ...sparkProblems(known),
      ...logProblems(known),
      ...pipelineProblems(known),
      ...unknownKeys(raw),
    ],
  };
}
