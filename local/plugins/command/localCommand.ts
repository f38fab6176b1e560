import type { Call, CheckRequest, CheckResult, Existing, Resource } from "../rpc/provider";
import { type Props, text } from "../rpc/values";
import {
  checkInputs,
  commonInputs,
  diffInputs,
  newId,
  previewOutputs,
  previousOutput,
  readNothing,
  stringList,
  stringMap,
  updateCommand,
} from "./inputs";
import { runLocally } from "./localProcess";
import { Output } from "./output";

const inputTypes = {
  ...commonInputs,
  interpreter: "string[]",
  dir: "string",
  assetPaths: "string[]",
  archivePaths: "string[]",
} as const;

/** `command.local.Command`: commands on this machine as a resource. */
export const localCommand: Resource = {
  check(request: CheckRequest): CheckResult {
    const result = checkInputs(request, inputTypes);
    for (const property of ["assetPaths", "archivePaths"]) {
      if (!(property in request.news)) continue;
      result.failures.push({
        property,
        reason: `\`${property}\` is not supported by the bundled command plugin; print what is needed to stdout instead`,
      });
    }
    return result;
  },
  diff: diffInputs,
  preview: previewOutputs,
  read: readNothing,

  async create(inputs: Props, call: Call): Promise<{ id: string; state: Props }> {
    return { id: newId(call.name), state: await run(text(inputs, "create"), inputs, {}, call) };
  },

  update(inputs: Props, existing: Existing, call: Call): Promise<Props> {
    return run(updateCommand(inputs), inputs, existing.state, call);
  },

  async delete({ state }: Existing, call: Call): Promise<void> {
    await run(text(state, "delete"), state, state, call);
  },
};

/** Runs a command, if there is one, and returns the state after it. */
async function run(command: string | undefined, inputs: Props, before: Props, call: Call): Promise<Props> {
  if (command === undefined) {
    return { ...inputs, stdout: text(before, "stdout") ?? "", stderr: text(before, "stderr") ?? "" };
  }
  const output = new Output(call.log, text(inputs, "logging"));
  const process = {
    command,
    interpreter: stringList(inputs.interpreter),
    dir: text(inputs, "dir"),
    environment: { ...stringMap(inputs.environment), ...previousOutput(inputs, before), ...overrides() },
    stdin: text(inputs, "stdin"),
  };
  await runLocally(process, output, call.signal, call.redact);
  return { ...inputs, ...output.result() };
}

/**
 * Variables that every command gets over its own, for whoever runs a program against services that are not those it is
 * written for. They are no part of the state.
 */
function overrides(): Record<string, string> {
  return JSON.parse(process.env.TWIN_COMMAND_ENVIRONMENT ?? "{}") as Record<string, string>;
}
