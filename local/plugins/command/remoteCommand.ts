import type { Call, CheckRequest, CheckResult, Existing, Resource } from "../rpc/provider";
import { type Props, text } from "../rpc/values";
import { checkConnection, connectionOf } from "./connection";
import {
  checkInputs,
  commonInputs,
  diffInputs,
  newId,
  previewOutputs,
  previousOutput,
  readNothing,
  stringMap,
  updateCommand,
} from "./inputs";
import { Output } from "./output";
import { dial, execute } from "./ssh";

const inputTypes = { ...commonInputs, connection: "object" } as const;

/** `command.remote.Command`: commands on another machine, over SSH, as a resource. */
export const remoteCommand: Resource = {
  check(request: CheckRequest): CheckResult {
    const { inputs, failures } = checkInputs(request, inputTypes);
    const checked = checkConnection(inputs.connection);
    return {
      inputs: { ...inputs, connection: checked.connection },
      failures: [...failures, ...checked.failures],
    };
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

/** Runs a command, if there is one, in a session of its own and returns the state after it. */
async function run(command: string | undefined, inputs: Props, before: Props, call: Call): Promise<Props> {
  if (command === undefined) {
    return { ...inputs, stdout: text(before, "stdout") ?? "", stderr: text(before, "stderr") ?? "" };
  }
  const output = new Output(call.log, text(inputs, "logging"));
  const client = await dial(connectionOf(inputs), call.log, call.signal);
  try {
    const environment = { ...stringMap(inputs.environment), ...previousOutput(inputs, before) };
    await execute(client, { command, environment, stdin: text(inputs, "stdin") }, output, call.signal, call.redact);
  } finally {
    client.end();
  }
  return { ...inputs, ...output.result() };
}
