import { z } from "zod";

/** Why nothing can be verified at all: not a finding about the pipeline. */
export class CannotVerify extends Error {
  override readonly name = "CannotVerify";
}

/** What an error says, and what caused it, in one line. */
export function reason(error: unknown): string {
  if (error instanceof z.ZodError) return z.prettifyError(error).replaceAll(/\s*\n\s*/g, " ");
  if (!(error instanceof Error)) return String(error);
  const [message] = error.message.split("\n");
  const cause = error.cause instanceof Error ? reason(error.cause) : message;
  return cause === message ? message : `${message} (${cause})`;
}
