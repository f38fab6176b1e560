import { setTimeout as sleep } from "node:timers/promises";
import { type Answer, ask, type Question, type Retry, retryAfter, Unreachable } from "../rpc/http";
import { isProps, type Props, text, type Value } from "../rpc/values";
import type { Settings } from "./settings";

/** An error that Databricks answered with. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string | undefined,
    message: string,
  ) {
    super(message);
    this.name = "ApiError";
  }

  /** True if the error says that the object does not exist. Databricks has several ways to say so. */
  get isMissing(): boolean {
    if (this.status === 404 || this.code === "RESOURCE_DOES_NOT_EXIST") return true;
    return this.status === 400 && /does(?:n't| not) exist/i.test(this.message);
  }
}

/** Give up on a host that cannot be reached at all after this time, in milliseconds. */
const UNREACHABLE_MS = 30_000;

/** A Databricks workspace over its REST API. */
export class Workspace {
  constructor(private readonly settings: Settings) {}

  /** Address of the workspace, for links. */
  get host(): string {
    return this.settings.host;
  }

  get(path: string, query: Record<string, string>, signal: AbortSignal): Promise<Props> {
    const search = new URLSearchParams(query).toString();
    return this.call({ method: "GET", url: `${this.settings.host}${path}${search ? `?${search}` : ""}` }, signal);
  }

  post(path: string, body: Props, signal: AbortSignal): Promise<Props> {
    return this.call({ method: "POST", url: `${this.settings.host}${path}`, body }, signal);
  }

  put(path: string, body: Props, signal: AbortSignal): Promise<Props> {
    return this.call({ method: "PUT", url: `${this.settings.host}${path}`, body }, signal);
  }

  /** What a GET says, or undefined when the object does not exist. */
  async find(path: string, query: Record<string, string>, signal: AbortSignal): Promise<Props | undefined> {
    try {
      return await this.get(path, query, signal);
    } catch (error) {
      if (error instanceof ApiError && error.isMissing) return undefined;
      throw error;
    }
  }

  /** A POST that deletes something. Something that is gone already is no error. */
  async remove(path: string, body: Props, signal: AbortSignal): Promise<void> {
    try {
      await this.post(path, body, signal);
    } catch (error) {
      if (!(error instanceof ApiError) || !error.isMissing) throw error;
    }
  }

  private async call(question: Question, signal: AbortSignal): Promise<Props> {
    const authorization = `Bearer ${this.settings.token}`;
    const answer = await ask({ ...question, headers: { authorization } }, this.retry, signal);
    if (answer.status >= 200 && answer.status < 300) return bodyOf(answer);
    const body = bodyOf(answer);
    const code = text(body, "error_code");
    const message = text(body, "message") ?? answer.text.slice(0, 300);
    throw new ApiError(answer.status, code, message === "" ? `HTTP ${answer.status} from ${question.url}` : message);
  }

  private readonly retry: Retry = (outcome, attempt, elapsed) => {
    if (outcome instanceof Unreachable) {
      return elapsed < Math.min(UNREACHABLE_MS, this.settings.retryMs) ? 500 : undefined;
    }
    if (outcome.status !== 429 && outcome.status !== 503) return undefined;
    return elapsed < this.settings.retryMs
      ? (retryAfter(outcome.headers) ?? Math.min(attempt * 500, 10_000))
      : undefined;
  };
}

function bodyOf(answer: Answer): Props {
  const body = answer.json as Value;
  return isProps(body) ? body : {};
}

/** Pauses between looks at something that takes its time, in milliseconds: the first, the longest. */
const FIRST_POLL_MS = 250;
const LONGEST_POLL_MS = 5000;

/** Looks again and again, ever more slowly, until there is a result. */
export async function poll<T>(look: () => Promise<T | undefined>, signal: AbortSignal): Promise<T> {
  for (let pause = FIRST_POLL_MS; ; pause = Math.min(pause * 1.5, LONGEST_POLL_MS)) {
    const result = await look();
    if (result !== undefined) return result;
    await sleep(pause, undefined, { signal });
  }
}
