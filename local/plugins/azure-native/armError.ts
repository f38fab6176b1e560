import type { Answer } from "../rpc/http";
import { child, isProps, text, type Value } from "../rpc/values";

/** An error that Azure answered with, in the words of the official plugin. */
export class ArmError extends Error {
  constructor(
    readonly status: number,
    readonly code: string | undefined,
    detail: string,
  ) {
    super(code ? `Status=${status} Code="${code}" Message="${detail}"` : `Status=${status} Message="${detail}"`);
    this.name = "ArmError";
  }
}

/** The error in an answer: `{"error": {"code", "message"}}`, or whatever the answer says. */
export function armError(answer: Answer): ArmError {
  const body = answer.json as Value;
  const error = isProps(body) ? child(body, "error") : {};
  const code = text(error, "code") ?? answer.headers.get("x-ms-error-code") ?? undefined;
  return new ArmError(answer.status, code, text(error, "message") ?? answer.text);
}
