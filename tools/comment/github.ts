import { Octokit } from "@octokit/core";
import { paginateRest } from "@octokit/plugin-paginate-rest";
import { retry } from "@octokit/plugin-retry";
import { throttling } from "@octokit/plugin-throttling";

const Client = Octokit.plugin(paginateRest, retry, throttling);

/** One repository, and what is needed to ask GitHub about it. */
export interface Repository {
  client: InstanceType<typeof Client>;
  owner: string;
  repo: string;
  /** Login of the account that the token is of: only what this account wrote is ever changed. */
  author: string;
  /** Milliseconds that count as a second where something is tried again. */
  second: number;
}

export interface RepositoryOptions {
  /** Login of the token's account. Default: that of a workflow's own token. */
  author?: string;
  /** Milliseconds that count as a second where something is tried again. Default 1000. */
  second?: number;
}

/**
 * The repository that a workflow runs for, by the variables that it has: GITHUB_REPOSITORY, GITHUB_TOKEN, and
 * GITHUB_API_URL where it is not github.com.
 *
 * What fails for a moment is tried again: answers of 5xx after 1, 4 and 9 seconds, and those that say that there were
 * too many requests after the time that they name, up to five minutes; three times each.
 *
 * @throws Error that names all variables that are missing
 */
export function repository(
  env: Readonly<Record<string, string | undefined>>,
  { author = "github-actions[bot]", second = 1000 }: RepositoryOptions = {},
): Repository {
  const { GITHUB_REPOSITORY: name = "", GITHUB_TOKEN: token = "", GITHUB_API_URL: baseUrl } = env;
  const [, owner, repo] = /^([\w.-]+)\/([\w.-]+)$/.exec(name) ?? [];
  const problems = [
    ...(owner ? [] : [`\`GITHUB_REPOSITORY\` is "${name}"; it has to be OWNER/NAME.`]),
    ...(token ? [] : ["`GITHUB_TOKEN` is not set; a step of a workflow has to be given it as `github.token`."]),
  ];
  if (problems.length > 0) throw new Error(problems.join("\n"));
  // A limit by the hour is for the next run.
  const again = (after: number, _request: object, _client: unknown, retries: number) => after <= 300 && retries < 3;
  const client = new Client({
    auth: token,
    ...(baseUrl && { baseUrl: baseUrl.replace(/\/+$/, "") }),
    // The default writes to the console; whoever calls this says what went wrong.
    log: { debug: () => undefined, info: () => undefined, warn: () => undefined, error: console.error },
    retry: { retryAfterBaseValue: second },
    throttle: {
      // Limits are of one API.
      id: baseUrl ?? "github.com",
      onRateLimit: again,
      onSecondaryRateLimit: again,
      retryAfterBaseValue: second,
      fallbackSecondaryRateRetryAfter: 60,
    },
  });
  return { client, owner, repo, author, second };
}

/** Whether a call failed for a moment: too many requests, a 5xx, or no answer at all, which Octokit calls 500. */
export function isForNow(error: unknown): boolean {
  const { status = 0 } = error as { status?: number };
  return status === 429 || status >= 500;
}
