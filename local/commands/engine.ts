import { ExecaError } from "execa";
import { twinPaths } from "../paths";
import { packForEngine } from "../setup/policyAnalyzer";
import { LocalStack, type Operation } from "../stack/localStack";
import { choosePlugins, type PluginChoice } from "../stack/pluginChoice";

/** Runs one operation of the Pulumi engine on the local stack; its display, or its JSON, is the command's output. */
export async function engine(
  operation: Operation,
  args: string[],
  options: { json?: boolean; plugins?: PluginChoice },
): Promise<void> {
  if (options.plugins) choosePlugins(twinPaths().root, options.plugins);
  const stack = await LocalStack.open();
  const passed = args.map((arg, index) => (args[index - 1] === "--policy-pack" ? packForEngine(arg) : arg));
  await engineRun(stack, operation, [...passed, ...(options.json ? ["--json"] : [])]);
}

/** Like `LocalStack.run`, but a failure that the engine has explained already ends with its exit code and no more. */
async function engineRun(stack: LocalStack, operation: Operation, args: string[] = []): Promise<void> {
  try {
    await stack.run(operation, args);
  } catch (error) {
    if (!(error instanceof ExecaError) || error.exitCode === undefined) throw error;
    throw new Error(`\`pulumi ${operation}\` ended with code ${error.exitCode}; its own message is above.`);
  }
}
