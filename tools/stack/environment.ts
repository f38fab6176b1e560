/** What the tools that read a stack's outputs, brokers and head node do otherwise for the stack of this machine, and its twin. */

/** Set in a process that was started inside a network. */
const marker = "STREAMING_TOOL_INSIDE";

/**
 * The environment in which a stack is read: the caller's own, and for the stack of this machine what its twin adds
 * (the CLI and its home, the state and its passphrase, tokens, the certificate authority).
 */
export async function environmentOf(stack: string): Promise<NodeJS.ProcessEnv> {
  if (stack !== "local") return process.env;
  // Loaded only now, so that other stacks need nothing of it; a dynamic import names the file as Node resolves it.
  const { localEnvironment } = await import("../../local/stack/environment.js");
  return { ...process.env, ...(await localEnvironment()) };
}

/**
 * Runs this very command where a node of the cluster (`ADDRESS:PORT`) can be reached, and resolves with its exit code; undefined when that is here.
 * The brokers of the stack of this machine may be in a network namespace, as Azure's are in a virtual network.
 */
export async function runInNetworkOf(stack: string, node: string): Promise<number | undefined> {
  return runElsewhere(stack, ({ insideNetworkOf }, again) => insideNetworkOf(node.replace(/:\d+$/, ""), again));
}

/** The same where the operator is, who alone reaches the head node. */
export async function runAsOperator(stack: string): Promise<number | undefined> {
  return runElsewhere(stack, ({ asOperator }, again) => asOperator(again));
}

async function runElsewhere(
  stack: string,
  elsewhere: (inside: typeof import("../../local/stack/inside.js"), again: string[]) => string[] | undefined,
): Promise<number | undefined> {
  if (stack !== "local" || process.env[marker]) return undefined;
  // Whatever compiles TypeScript in this process, a new one has to be told.
  const again = [process.execPath, "--import", "tsx", ...process.argv.slice(1)];
  const command = elsewhere(await import("../../local/stack/inside.js"), again);
  if (!command) return undefined;
  const { execa } = await import("execa");
  const [program = "", ...args] = command;
  const { exitCode } = await execa(program, args, { stdio: "inherit", reject: false, env: { [marker]: "1" } });
  return exitCode ?? 2;
}
