import type { Repository } from "./github";

/** What a report was made by, as GitHub knows it. */
export interface Verified {
  /** Said above the report, so that readers know what to think of it. */
  origin: string;
}

/**
 * Whether a pull request is the one that a workflow run was about, and still is at the commit of that run. The number
 * comes from the run, whose code is the pull request's own: it may claim any.
 *
 * @returns the reason why not, in words, or what is to be said above the report
 */
export async function verifyRun(
  { client, owner, repo }: Repository,
  runId: number,
  number: number,
): Promise<Verified | { reason: string }> {
  const { data: run } = await client.request("GET /repos/{owner}/{repo}/actions/runs/{run_id}", {
    owner,
    repo,
    run_id: runId,
  });
  if (run.event !== "pull_request") return { reason: `run ${runId} was not of a pull request, but of "${run.event}"` };
  const { data: pull } = await client.request("GET /repos/{owner}/{repo}/pulls/{pull_number}", {
    owner,
    repo,
    pull_number: number,
  });
  const [ran, now] = [run.head_sha, pull.head.sha].map((sha) => sha.slice(0, 8));
  // A fork that is gone has no repository any more, here and there.
  if (run.head_repository?.id !== pull.head.repo?.id || run.head_sha !== pull.head.sha) {
    return { reason: `pull request ${number} is at ${now} of ${pull.head.label}, and run ${runId} was of ${ran}` };
  }
  if (pull.state !== "open") return { reason: `pull request ${number} is ${pull.state}` };
  return { origin: `<sub>Made by [the pull request's own code](${run.html_url}) at ${ran}.</sub>` };
}

/** Number of the workflow run that a comment is of, by what is said above its report; later runs have higher ones. */
export function runOf(comment: string | null | undefined): number | undefined {
  const origin = (comment ?? "").split(/\r?\n/, 3)[2] ?? "";
  const [, id] = /^<sub>Made by \[[^\]]*\]\([^)]*\/actions\/runs\/(\d+)\)/.exec(origin) ?? [];
  return id === undefined ? undefined : Number(id);
}
