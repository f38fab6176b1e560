/**
 * The environment in which a stack is read: the caller's own, and for the stack of this machine what its twin adds
 * (the CLI and its home, the state and its passphrase, tokens, the certificate authority). The only place in the tool
 * that knows of that stack.
 */
export async function environmentOf(stack: string): Promise<NodeJS.ProcessEnv> {
  if (stack !== "local") return process.env;
  // Loaded only now, so that other stacks need nothing of it; a dynamic import names the file as Node resolves it.
  const { localEnvironment } = await import("../../local/stack/environment.js");
  return { ...process.env, ...(await localEnvironment()) };
}
