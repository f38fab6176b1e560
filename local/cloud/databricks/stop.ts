import type { LifeCycle, Result, Termination } from "./run";

/** Why a run or a task was stopped from outside; the abort reason of its signal. */
export class Stop extends Error {
  constructor(
    readonly kind: "CANCELED" | "TIMEDOUT" | "INTERRUPTED" | "CLUSTER_LOST",
    message: string,
  ) {
    super(message);
    this.name = "Stop";
  }

  get lifeCycle(): LifeCycle {
    return this.kind === "CANCELED" || this.kind === "TIMEDOUT" ? "TERMINATED" : "INTERNAL_ERROR";
  }

  get result(): Result {
    return this.kind === "CANCELED" || this.kind === "TIMEDOUT" ? this.kind : "FAILED";
  }

  get termination(): Termination {
    return terminations[this.kind];
  }
}

const terminations: Record<Stop["kind"], Termination> = {
  CANCELED: { code: "USER_CANCELED", type: "SUCCESS" },
  TIMEDOUT: { code: "RUN_EXECUTION_TIMEOUT", type: "CLIENT_ERROR" },
  CLUSTER_LOST: { code: "CLUSTER_ERROR", type: "CLIENT_ERROR" },
  INTERRUPTED: { code: "INTERNAL_ERROR", type: "INTERNAL_ERROR" },
};

export const canceled = (why = "Run cancelled.") => new Stop("CANCELED", why);
export const timedOut = (seconds: number) => new Stop("TIMEDOUT", `Run timed out after ${seconds} seconds`);
export const interrupted = () => new Stop("INTERRUPTED", "The local twin was stopped while this run was active");

/** A task cannot run, for a reason that the user can mend. */
export class TaskFailure extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly lifeCycle: LifeCycle = "INTERNAL_ERROR",
    readonly type: Termination["type"] = "CLIENT_ERROR",
  ) {
    super(message);
    this.name = "TaskFailure";
  }
}

/** Resolves after `ms`; rejects with the signal's reason when that fires first. */
export function delay(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const aborted = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", aborted);
      resolve();
    }, ms);
    signal.addEventListener("abort", aborted, { once: true });
  });
}
