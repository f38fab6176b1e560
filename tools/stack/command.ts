import { reason } from "./failure";

/**
 * Ends this process with the exit code that `work` resolves with. When it fails, with `codeOfFailure`, and the reason on
 * standard error.
 */
export async function endWith(work: Promise<number>, codeOfFailure = 1): Promise<void> {
  try {
    process.exitCode = await work;
  } catch (error) {
    console.error(reason(error));
    process.exitCode = codeOfFailure;
  }
}
