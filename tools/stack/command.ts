import { InvalidArgumentError } from "commander";
import { reason } from "./failure";

/**
 * Ends this process with the exit code that `work` resolves with. When it fails, with `codeOfFailure`, and the reason on
 * standard error.
 *
 * @param words how the reason is told. Default: in one line, with what caused it
 */
export async function endWith(
  work: Promise<number>,
  codeOfFailure = 1,
  words: (error: unknown) => string = reason,
): Promise<void> {
  try {
    process.exitCode = await work;
  } catch (error) {
    console.error(words(error));
    process.exitCode = codeOfFailure;
  }
}

/** All that the message of an error says, in several lines where it has them. */
export function wholeMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The value of a flag that takes a whole number from 1. */
export function wholeNumber(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It must be a whole number from 1.");
}
