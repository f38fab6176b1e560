import { compare, type Diff } from "../rpc/diff";
import { uniqueName } from "../rpc/names";
import type { CheckFailure, CheckRequest, CheckResult, DiffRequest, Existing } from "../rpc/provider";
import { isProps, type Props, text, UNKNOWN, Unknown, type Value } from "../rpc/values";

/** What `local.Command` and `remote.Command` share: inputs, differences, previews, names. */

/** Environment variables that carry the output of the previous run, unless `addPreviousOutputInEnv` is false. */
const STDOUT_VARIABLE = "PULUMI_COMMAND_STDOUT";
const STDERR_VARIABLE = "PULUMI_COMMAND_STDERR";

type Type = "string" | "number" | "boolean" | "string[]" | "map" | "any[]" | "object";

/** Types of the inputs both kinds of command have. */
export const commonInputs: Readonly<Record<string, Type>> = {
  create: "string",
  update: "string",
  delete: "string",
  stdin: "string",
  environment: "map",
  triggers: "any[]",
  logging: "string",
  addPreviousOutputInEnv: "boolean",
};

const loggingValues = ["stdout", "stderr", "stdoutAndStderr", "none"];

/** Fills the one default and checks names and types. Unknown values pass: they are checked when they are known. */
export function checkInputs({ news }: CheckRequest, types: Readonly<Record<string, Type>>): CheckResult {
  const failures: CheckFailure[] = [];
  for (const [property, value] of Object.entries(news)) {
    const type = types[property];
    if (type === undefined) failures.push({ property, reason: `\`${property}\` is not an input of this resource` });
    else if (!isOfType(value, type)) failures.push({ property, reason: `\`${property}\` must be a ${type}` });
  }
  const logging = text(news, "logging");
  if (logging !== undefined && !loggingValues.includes(logging)) {
    failures.push({
      property: "logging",
      reason: `\`logging\` is "${logging}", but must be one of ${loggingValues.join(", ")}`,
    });
  }
  return { inputs: { addPreviousOutputInEnv: true, ...news }, failures };
}

function isOfType(value: Value, type: Type): boolean {
  if (value instanceof Unknown) return true;
  switch (type) {
    case "string[]":
      return Array.isArray(value) && value.every((item) => isOfType(item, "string"));
    case "any[]":
      return Array.isArray(value);
    case "map":
      return isProps(value) && Object.values(value).every((item) => isOfType(item, "string"));
    case "object":
      return isProps(value);
    default:
      return typeof value === type;
  }
}

/**
 * A changed trigger replaces the command, as `replaceOnChanges: ["triggers[*]"]` in the SDK asks for, whether or not
 * there is an `update`. Anything else runs `update`, or `create` again.
 */
export function diffInputs({ olds, news, ignoreChanges }: DiffRequest): Diff {
  return { changes: compare(olds, news, { replaceOn: ["triggers"], ignore: ignoreChanges }) };
}

/** Any changed input may change the output, so the output is unknown until the command has run. */
export function previewOutputs(inputs: Props): Props {
  return { ...inputs, stdout: UNKNOWN, stderr: UNKNOWN };
}

/** The id of a new command. */
export function newId(logicalName: string): string {
  return uniqueName(logicalName, 8);
}

/** Commands have nothing to read: the state is what it was. */
export async function readNothing(existing: Existing): Promise<Existing> {
  return existing;
}

/** The command of an update: `update`, or `create` where there is none. */
export function updateCommand(inputs: Props): string | undefined {
  return text(inputs, "update") ?? text(inputs, "create");
}

/** Variables with the output of the previous run. */
export function previousOutput(inputs: Props, state: Props): Record<string, string> {
  if (inputs.addPreviousOutputInEnv === false) return {};
  const variables: Record<string, string> = {};
  const stdout = text(state, "stdout");
  const stderr = text(state, "stderr");
  if (stdout !== undefined) variables[STDOUT_VARIABLE] = stdout;
  if (stderr !== undefined) variables[STDERR_VARIABLE] = stderr;
  return variables;
}

/** A map of strings, as an input has it. */
export function stringMap(value: Value | undefined): Record<string, string> {
  if (!isProps(value as Value)) return {};
  return Object.fromEntries(Object.entries(value as Props).map(([key, item]) => [key, String(item)]));
}

/** A list of strings, as an input has it. */
export function stringList(value: Value | undefined): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
