import { setTimeout as sleep } from "node:timers/promises";
import { messageOf } from "./errors";

/** A service's answer, read to its end. */
export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  /** The parsed body; undefined when it is not JSON. */
  json: unknown;
}

/** What to send. */
export interface Question {
  method: "GET" | "HEAD" | "PUT" | "POST" | "PATCH" | "DELETE";
  url: string;
  headers?: Record<string, string>;
  /** Sent as JSON; a string is sent as it is. */
  body?: unknown;
}

/** The service could not be reached at all. */
export class Unreachable extends Error {}

/**
 * Decides whether to ask again.
 *
 * @param outcome the answer, or the error when there was none
 * @param attempt how often the question has been asked, from 1
 * @param elapsed time since it was first asked, in milliseconds
 * @returns the pause before the next attempt in milliseconds, or undefined to be content with this outcome
 */
export type Retry = (outcome: Answer | Unreachable, attempt: number, elapsed: number) => number | undefined;

/**
 * Asks a service over HTTP, again if the rule says so. Any status is an answer, not an error.
 *
 * @throws Unreachable when there is no answer and the rule gives up; the signal's reason when it is aborted
 */
export async function ask(question: Question, retry: Retry, signal: AbortSignal): Promise<Answer> {
  const started = Date.now();
  for (let attempt = 1; ; attempt++) {
    const outcome = await once(question, signal);
    const pause = retry(outcome, attempt, Date.now() - started);
    if (pause === undefined) {
      if (outcome instanceof Unreachable) throw outcome;
      return outcome;
    }
    await sleep(pause, undefined, { signal });
  }
}

async function once(question: Question, signal: AbortSignal): Promise<Answer | Unreachable> {
  signal.throwIfAborted();
  const { method, url, body } = question;
  const isText = typeof body === "string" || body === undefined;
  try {
    const response = await fetch(url, {
      method,
      headers: {
        accept: "application/json",
        ...(isText ? {} : { "content-type": "application/json" }),
        ...question.headers,
      },
      body: isText ? body : JSON.stringify(body),
      signal,
      redirect: "manual",
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: parse(text) };
  } catch (error) {
    signal.throwIfAborted();
    const cause = causeOf(error);
    return new Unreachable(`cannot reach ${new URL(url).origin}: ${reasonOf(cause)}`, { cause });
  }
}

/** fetch says "fetch failed" and keeps the reason in `cause`. */
function causeOf(error: unknown): unknown {
  return error instanceof Error ? (error.cause ?? error) : error;
}

/** A host with several addresses has one reason for each. */
function reasonOf(cause: unknown): string {
  return cause instanceof AggregateError ? cause.errors.map(messageOf).join(", ") : messageOf(cause);
}

function parse(text: string): unknown {
  try {
    // Azure's metadata endpoint starts with a byte order mark.
    return JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch {
    return undefined;
  }
}

/** The pause a service asks for in `Retry-After` (seconds or a date), in milliseconds; undefined if it does not. */
export function retryAfter(headers: Headers): number | undefined {
  const value = headers.get("retry-after");
  if (value === null) return undefined;
  const seconds = Number(value);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now());
}
