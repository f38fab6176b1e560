import { setTimeout as sleep } from "node:timers/promises";
import type { HostProcess } from "../../hostProcess";
import type { Configurations } from "./defaults";

/** What Ambari calls a host component: one process of a service on one host. */
export interface Component {
  /** Whether its process runs. */
  readonly running: boolean;
  /**
   * Writes its configuration, starts it and waits until it serves. Does nothing when it runs.
   * Rejects with a StartFailure that says why, and leaves no process behind then. So it does when `signal` aborts.
   */
  start(configurations: Configurations, signal?: AbortSignal): Promise<void>;
  /** Ends it: SIGTERM, then SIGKILL after `grace` milliseconds (0: at once). Resolves when it is gone. */
  stop(grace: number): Promise<void>;
  /** Waits until what a previous supervisor started serves. Resolves with false when it ends first or takes too long. */
  ready(): Promise<boolean>;
}

/** A component did not come up. The message has the reason its logs give. */
export class StartFailure extends Error {
  constructor(
    message: string,
    readonly timedOut = false,
  ) {
    super(message);
    this.name = "StartFailure";
  }
}

/**
 * Waits until what was started serves. When it does not (it ended, `timeout` milliseconds are over, or the start was
 * aborted) ends it and throws a StartFailure with the reason.
 */
export async function awaitStart(
  process: HostProcess,
  what: { who: string; serves: () => Promise<boolean>; reason: () => string; timeout: number; signal?: AbortSignal },
): Promise<void> {
  const { who, serves, reason, timeout, signal } = what;
  if (await waitUntil(serves, timeout, () => process.running && !signal?.aborted)) return;
  const { running, ending } = process;
  await process.stop({ grace: 0 });
  if (signal?.aborted) throw new StartFailure(`The start of ${who} was broken off`);
  const how = running ? `does not serve after ${timeout / 1000} s` : ending;
  throw new StartFailure(`${who} ${how}. ${reason()}`.trim(), running);
}

/** Polls until `check` holds. Resolves with false when `alive` stops holding, or the time (milliseconds) is over. */
export async function waitUntil(check: () => Promise<boolean>, timeout: number, alive = () => true): Promise<boolean> {
  const deadline = Date.now() + timeout;
  while (Date.now() < deadline) {
    if (!alive()) return false;
    if (await check()) return true;
    await sleep(50);
  }
  return false;
}
