import type { NotebookEngine, NotebookRun } from "../../engines/spark";
import type { Logger } from "../../log";

/** How long things take that take minutes on Databricks. Tests shorten them. */
export interface Timing {
  /** A new workspace answers errors for this long, as real ones do after ARM has said Succeeded. Default 1500 ms. */
  readyAfterMs: number;
  /** From PENDING to RUNNING, RESIZING to RUNNING, RESTARTING to RUNNING. Default 600 ms. */
  clusterStartMs: number;
  /** A minute of `autotermination_minutes`. Default 60,000 ms. */
  minuteMs: number;
  /** Wait after the first failed run of a continuous job; each further failure doubles it. Default 2,000 ms. */
  backoffMs: number;
  /** Longest wait between failed runs of a continuous job. Default 600,000 ms. */
  backoffMostMs: number;
  /** A failed run that lasted longer than this was healthy: the backoff starts afresh. Default 300,000 ms. */
  healthyAfterMs: number;
}

export const defaultTiming: Timing = {
  readyAfterMs: 1500,
  clusterStartMs: 600,
  minuteMs: 60_000,
  backoffMs: 2_000,
  backoffMostMs: 600_000,
  healthyAfterMs: 300_000,
};

/** What the APIs of one workspace share. */
export interface WorkspaceContext {
  /** Numeric id as text: `workspaceId` in ARM, `X-Databricks-Org-Id` in answers, `o=` in page addresses. */
  workspaceId: string;
  /** `127.0.0.1:port`. */
  host: string;
  /** Whoever holds the accepted token. */
  userName: string;
  /** Folder of this workspace's state. */
  folder: string;
  /** What `/Volumes` is on this machine. */
  volumes: string;
  log: Logger;
  timing: Timing;
  notebooks: Pick<NotebookEngine, "run" | "resolve">;
  /** Names of groups that the account has beside those that every workspace has. Default: none. */
  groups?: () => readonly string[];
  /** Where notebooks run, when that is not simply this machine. */
  driver?: () => NotebookRun["driver"];
}
