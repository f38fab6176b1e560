import { z } from "zod";

/** Why a tool can do nothing at all with a stack: not a finding about it. Its message may have several lines. */
export class Impossible extends Error {
  override readonly name = "Impossible";
}

/** What an error says, and what caused it, in one line; of one that is worded for people, all. */
export function reason(error: unknown): string {
  if (error instanceof Impossible) return error.message;
  if (error instanceof z.ZodError) return z.prettifyError(error).replaceAll(/\s*\n\s*/g, " ");
  if (!(error instanceof Error)) return String(error);
  const [message] = error.message.split("\n");
  const cause = error.cause instanceof Error ? reason(error.cause) : message;
  return cause === message ? message : `${message} (${cause})`;
}
