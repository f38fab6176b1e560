import { HttpError } from "../http";

/**
 * What a workspace answers in the seconds after ARM has said Succeeded; undefined when it is ready. First the front end
 * is not there, then it is and the workspace's worker environment is not.
 *
 * @param createdAt ms since 1970
 * @param readyAfterMs how long the workspace takes
 */
export function notReady(
  createdAt: number,
  readyAfterMs: number,
  workspaceId: string,
  now = Date.now(),
): HttpError | undefined {
  const age = now - createdAt;
  if (age >= readyAfterMs) return undefined;
  if (age < readyAfterMs / 2) {
    return new HttpError(503, "TEMPORARILY_UNAVAILABLE", "The workspace is being set up; try again", {
      "retry-after": "1",
    });
  }
  return new HttpError(
    400,
    "INVALID_PARAMETER_VALUE",
    "Delegate unexpected exception: com.databricks.backend.manager.util.UnknownWorkerEnvironmentException: " +
      `Unknown worker environment WorkerEnvId(workerenv-${workspaceId})`,
  );
}
