import { setTimeout as sleep } from "node:timers/promises";
import type { Log } from "../rpc/engineLog";
import { type Answer, ask, type Question } from "../rpc/http";
import { child, isProps, type Props, text, type Value } from "../rpc/values";
import { ArmError, armError } from "./armError";
import type { Credentials } from "./credentials";
import { pauseAsked, retryResourceManager } from "./retries";

/** What calls to the resource manager run with. */
export interface ArmCall {
  signal: AbortSignal;
  log: Log;
}

/** An operation was accepted, so the resource may exist, and failed later. */
export class OperationFailed extends Error {
  constructor(override readonly cause: Error) {
    super(cause.message, { cause });
  }
}

/** Pause between looks at a running operation when the service asks for none, in milliseconds. */
const POLL_MS = 2000;
/** Shortest pause: a service that says `Retry-After: 0` still gets a moment. */
const SHORTEST_POLL_MS = 100;

/** Azure Resource Manager over HTTP. */
export class ArmClient {
  constructor(private readonly credentials: Credentials) {}

  /** The resource at an id, or undefined when there is none. */
  async find(id: string, apiVersion: string, call: ArmCall): Promise<Props | undefined> {
    const answer = await this.send("GET", id, apiVersion, undefined, call);
    if (answer.status === 404 || answer.status === 204) return undefined;
    return bodyOf(expect(answer, [200]));
  }

  /** The resource at an id. */
  async get(id: string, apiVersion: string, call: ArmCall): Promise<Props> {
    return bodyOf(expect(await this.send("GET", id, apiVersion, undefined, call), [200]));
  }

  /** Throws, as the official plugin does, unless nothing exists at an id. */
  async expectAbsent(id: string, apiVersion: string, call: ArmCall): Promise<void> {
    const answer = await this.send("GET", id, apiVersion, undefined, call);
    if (answer.status === 404 || answer.status === 204) return;
    if (answer.status !== 200) {
      throw new Error(`cannot check existence of resource '${id}': status code ${answer.status}, ${answer.text}`);
    }
    // Some services answer 200 and nothing for what does not exist.
    if (Object.keys(bodyOf(answer)).length > 0) throw new Error(`cannot create already existing resource '${id}'`);
  }

  /**
   * Creates or updates a resource and waits until the service is done.
   *
   * @throws OperationFailed when the service had accepted the request
   */
  async put(id: string, apiVersion: string, body: Props, call: ArmCall): Promise<Props> {
    const answer = expect(await this.send("PUT", id, apiVersion, body, call), [200, 201, 202]);
    try {
      return await this.completed(answer, id, apiVersion, call);
    } catch (error) {
      throw new OperationFailed(error as Error);
    }
  }

  /** Deletes a resource and waits until it is gone. One that is gone already is no error. */
  async delete(id: string, apiVersion: string, call: ArmCall): Promise<void> {
    const answer = await this.send("DELETE", id, apiVersion, undefined, call);
    if (answer.status === 404) return;
    expect(answer, [200, 202, 204]);
    const operation = operationOf(answer);
    if (!operation) return;
    try {
      await this.operation(answer, operation, call);
    } catch (error) {
      if (!(error instanceof ArmError) || error.status !== 404) throw error;
    }
  }

  /** Calls an action, such as listing keys. */
  async post(path: string, apiVersion: string, body: Props, call: ArmCall): Promise<Props> {
    return bodyOf(expect(await this.send("POST", path, apiVersion, body, call), [200, 201]));
  }

  /** Waits for a PUT to complete; by its operation, or by the resource's own state if it started none. */
  private async completed(answer: Answer, id: string, apiVersion: string, call: ArmCall): Promise<Props> {
    const operation = operationOf(answer);
    if (operation) {
      await this.operation(answer, operation, call);
      return this.get(id, apiVersion, call);
    }
    let present = answer;
    for (;;) {
      const body = bodyOf(present);
      const state = text(child(body, "properties"), "provisioningState");
      if (state === undefined || /^succeeded$/i.test(state)) return body;
      if (/^(failed|canceled)$/i.test(state)) throw failedProvisioning(present.status, state, body);
      call.log.status(state);
      await sleep(pollPause(present), undefined, { signal: call.signal });
      present = expect(await this.send("GET", id, apiVersion, undefined, call), [200]);
    }
  }

  /** Waits for a long-running operation to end. */
  private async operation(first: Answer, operation: Operation, call: ArmCall): Promise<void> {
    let pause = pollPause(first);
    for (;;) {
      await sleep(pause, undefined, { signal: call.signal });
      const answer = expect(await this.sendTo(operation.url, call), [200, 201, 202, 204]);
      pause = pollPause(answer);
      if (operation.kind === "location") {
        if (answer.status !== 202) return;
        continue;
      }
      const status = text(bodyOf(answer), "status") ?? "InProgress";
      if (/^succeeded$/i.test(status)) return;
      if (/^(failed|canceled)$/i.test(status)) throw armError(answer);
      call.log.status(status);
    }
  }

  private async send(
    method: Question["method"],
    id: string,
    apiVersion: string,
    body: Props | undefined,
    call: ArmCall,
  ): Promise<Answer> {
    const { resourceManager } = await this.credentials.cloud(call.signal);
    const separator = id.includes("?") ? "&" : "?";
    return this.authorized({ method, url: `${resourceManager}${id}${separator}api-version=${apiVersion}`, body }, call);
  }

  private sendTo(url: string, call: ArmCall): Promise<Answer> {
    return this.authorized({ method: "GET", url }, call);
  }

  private async authorized(question: Question, call: ArmCall): Promise<Answer> {
    const once = async (): Promise<Answer> => {
      const authorization = `Bearer ${await this.credentials.bearer(call.signal)}`;
      return ask({ ...question, headers: { authorization } }, retryResourceManager, call.signal);
    };
    const answer = await once();
    if (answer.status !== 401) return answer;
    // The token may have been revoked since: one more try with a new one.
    this.credentials.forget();
    return once();
  }
}

interface Operation {
  kind: "async-operation" | "location";
  url: string;
}

/** Where to look after the operation an answer started, if it started one. */
function operationOf(answer: Answer): Operation | undefined {
  const asyncOperation = answer.headers.get("azure-asyncoperation");
  if (asyncOperation) return { kind: "async-operation", url: asyncOperation };
  const location = answer.headers.get("location");
  return location && answer.status === 202 ? { kind: "location", url: location } : undefined;
}

function pollPause(answer: Answer): number {
  return Math.max(pauseAsked(answer.headers) ?? POLL_MS, SHORTEST_POLL_MS);
}

function expect(answer: Answer, statuses: readonly number[]): Answer {
  if (!statuses.includes(answer.status)) throw armError(answer);
  return answer;
}

function bodyOf(answer: Answer): Props {
  const body = answer.json as Value;
  return isProps(body) ? body : {};
}

/** Some services report a failure only in the resource itself, with a list of errors. */
function failedProvisioning(status: number, state: string, body: Props): ArmError {
  const errors = child(body, "properties").errors;
  const first = Array.isArray(errors) && isProps(errors[0]) ? errors[0] : {};
  return new ArmError(status, text(first, "code"), text(first, "message") ?? `provisioning state is ${state}`);
}
