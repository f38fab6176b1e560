import { randomUUID } from "node:crypto";
import { setMaxListeners } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "../../log";
import { HttpError } from "../http";
import { JsonStore } from "../store";

/** Something that goes on after its request was answered, followed by polling. */
export interface Operation {
  id: string;
  /** `put`, `delete` or a POST action's path. */
  verb: string;
  /** Id of the resource it works on. */
  target: string;
  type: string;
  /** How it is followed, which decides what the last poll of `Location` answers. */
  status: "InProgress" | "Succeeded" | "Failed";
  error?: { code: string; message: string };
  startTime: string;
  endTime?: string;
}

/** How long an operation lasts beyond the work itself, in milliseconds. Default none. */
export type Pace = (type: string, verb: string) => number;

const kept = 500;

/** The operations of the twin. They survive a restart: `unfinished()` says which have to be taken up again. */
export class Operations {
  private readonly store: JsonStore<Operation>;
  private readonly running = new Map<string, Promise<void>>();
  private readonly closing = new AbortController();

  constructor(
    file: string,
    private readonly log: Logger,
    private readonly pace: Pace = () => 0,
  ) {
    this.store = JsonStore.open<Operation>(file);
    // Every operation under way listens; Node takes more than ten for a leak.
    setMaxListeners(0, this.closing.signal);
  }

  get(id: string): Operation | undefined {
    return this.store.get(id);
  }

  unfinished(): Operation[] {
    return this.store.values().filter((operation) => operation.status === "InProgress");
  }

  /** Records an operation and starts its work after the current request has been answered. */
  start(verb: string, target: string, type: string, work: () => Promise<void>, failed: (error: HttpError) => void) {
    const operation: Operation = {
      id: randomUUID(),
      verb,
      target,
      type,
      status: "InProgress",
      startTime: new Date().toISOString(),
    };
    this.forgetOldest();
    this.store.set(operation.id, operation);
    this.run(operation, work, failed);
    return operation;
  }

  /** Runs (or, after a restart, runs again) the work of a recorded operation. */
  run(operation: Operation, work: () => Promise<void>, failed: (error: HttpError) => void): void {
    const attempt = async () => {
      try {
        await sleep(this.pace(operation.type, operation.verb), undefined, { signal: this.closing.signal });
        await work();
        this.finish(operation, { status: "Succeeded" });
      } catch (error) {
        // Work that a shutdown tears down is taken up at the next start, not recorded as having failed.
        if (this.closing.signal.aborted) return;
        const cause = this.asHttpError(operation, error);
        failed(cause);
        this.finish(operation, { status: "Failed", error: { code: cause.code, message: cause.message } });
      }
    };
    const promise = attempt().finally(() => this.running.delete(operation.id));
    this.running.set(operation.id, promise);
  }

  /** Waits until nothing goes on. */
  async settled(): Promise<void> {
    while (this.running.size > 0) await Promise.all(this.running.values());
  }

  /** From now on nothing is recorded as failed. Does not wait: whoever stops the engines ends the work. */
  close(): void {
    this.closing.abort();
  }

  private finish(operation: Operation, outcome: Pick<Operation, "status" | "error">): void {
    this.store.set(operation.id, { ...operation, ...outcome, endTime: new Date().toISOString() });
    this.log.info("operation ended", { verb: operation.verb, target: operation.target, ...outcome });
  }

  private asHttpError(operation: Operation, error: unknown): HttpError {
    if (error instanceof HttpError) return error;
    this.log.error("operation failed", { verb: operation.verb, target: operation.target, error });
    return new HttpError(500, "InternalServerError", error instanceof Error ? error.message : String(error));
  }

  private forgetOldest(): void {
    const done = this.store.values().filter((operation) => operation.status !== "InProgress");
    if (done.length >= kept) this.store.delete(...done.slice(0, done.length - kept + 1).map(({ id }) => id));
  }
}
