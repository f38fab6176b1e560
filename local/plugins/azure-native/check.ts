import { uniqueName, uniqueUuid } from "../rpc/names";
import type { CheckFailure, CheckRequest } from "../rpc/provider";
import { type Props, text, Unknown } from "../rpc/values";
import { autoName, pathInputs, type ResourceSpec } from "./spec";

/**
 * Marks, among the inputs, a resource with a random name: its replacement can be made before it is deleted. The
 * official plugin keeps the same mark in the state.
 */
export const CREATE_BEFORE_DELETE = "__createBeforeDelete";

/** Fills the name of a resource that names none. */
export function withName(spec: ResourceSpec, request: CheckRequest, logicalName: string): Props {
  const { news, olds, autonaming, randomSeed } = request;
  const naming = autoName(spec.path);
  if (!naming || naming.input in news) return news;
  const { input, kind } = naming;
  if (input in olds) {
    const flag = olds[CREATE_BEFORE_DELETE];
    return { ...news, [input]: olds[input], ...(flag === true ? { [CREATE_BEFORE_DELETE]: true } : {}) };
  }
  const random = (name: string): Props => ({ ...news, [input]: name, [CREATE_BEFORE_DELETE]: true });
  if (autonaming?.mode === "disable") return news;
  if (autonaming?.mode === "enforce" || (autonaming && kind !== "uuid")) return random(autonaming.name);
  if (kind === "random") return random(uniqueName(logicalName, 8, randomSeed));
  if (kind === "uuid") return random(uniqueUuid(randomSeed));
  return { ...news, [input]: logicalName };
}

/** What is missing or out of bounds among known inputs. */
export function problems(spec: ResourceSpec, inputs: Props): CheckFailure[] {
  const failures: CheckFailure[] = [];
  for (const name of [...pathInputs(spec.path), ...(spec.required ?? [])]) {
    if (name in inputs) continue;
    const hint =
      name === "location"
        ? ". Either set it explicitly or configure it with 'pulumi config set azure-native:location <value>'."
        : "";
    failures.push({ property: name, reason: `missing required property '${name}'${hint}` });
  }
  for (const name of pathInputs(spec.path)) {
    const value = inputs[name];
    if (value !== undefined && !(value instanceof Unknown) && typeof value !== "string") {
      failures.push({ property: name, reason: `'${name}' should be of type 'string' but got a ${typeof value}` });
    }
  }
  for (const [name, { min, max, pattern }] of Object.entries(spec.limits ?? {})) {
    const value = text(inputs, name);
    if (value === undefined) continue;
    const fail = (reason: string): number => failures.push({ property: name, reason });
    if (min !== undefined && value.length < min) {
      fail(`'${name}' is too short (${value.length}): at least ${min} characters required`);
    }
    if (max !== undefined && value.length > max) {
      fail(`'${name}' is too long (${value.length}): at most ${max} characters allowed`);
    }
    if (pattern && !pattern.test(value)) fail(`'${name}' does not match expression '${pattern.source}'`);
  }
  return failures;
}
