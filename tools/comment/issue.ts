import { isMarked, isSame } from "./body";
import type { Repository } from "./github";
import { checkAuthor, lookAgain, type Outcome } from "./pullRequest";

export interface IssueReport {
  marker: string;
  body: string;
  title: string;
  /** Label by which it is found; GitHub makes it when there is none of this name. */
  label: string;
  /** Nothing is left to report: one that is open says so and is closed, and none is opened. */
  resolved: boolean;
}

/**
 * Makes a report the description of the one open issue that has its marker and label: opens it, or edits it in place.
 * Issues that another account opened are left alone.
 */
export async function writeIssue(at: Repository, report: IssueReport): Promise<Outcome | undefined> {
  const { client, owner, repo, author } = at;
  const { body, title, label, resolved } = report;
  return lookAgain(at, async () => {
    const there = await findIssue(at, report);
    if (!there && resolved) return undefined;
    if (!there) {
      const route = "POST /repos/{owner}/{repo}/issues";
      const request = { retries: 0 };
      const { data } = await client.request(route, { owner, repo, title, body, labels: [label], request });
      checkAuthor(data.user?.login, author);
      checkLabel(data.labels, label, data.html_url);
      return { what: "created", url: data.html_url };
    }
    if (!resolved && isSame(there.body, body) && there.title === title) {
      return { what: "unchanged", url: there.html_url };
    }
    const { data } = await client.request("PATCH /repos/{owner}/{repo}/issues/{issue_number}", {
      owner,
      repo,
      issue_number: there.number,
      title,
      body,
      ...(resolved && { state: "closed" as const, state_reason: "completed" as const }),
    });
    return { what: resolved ? "closed" : "updated", url: data.html_url };
  });
}

type Labels = readonly (string | { name?: string | null })[];

/** GitHub drops labels of an account that may not set them, and the next run would open one more issue. */
function checkLabel(labels: Labels, label: string, url: string): void {
  if (labels.some((each) => (typeof each === "string" ? each : each.name)?.toLowerCase() === label.toLowerCase()))
    return;
  throw new Error(`${url} has no label \`${label}\`: the token's account may not set it. It needs \`issues: write\`.`);
}

async function findIssue({ client, owner, repo, author }: Repository, { marker, label }: IssueReport) {
  const route = "GET /repos/{owner}/{repo}/issues";
  const pages = client.paginate.iterator(route, { owner, repo, state: "open", labels: label, per_page: 100 });
  for await (const { data } of pages) {
    const found = data.find(
      ({ user, body, pull_request }) => !pull_request && user?.login === author && isMarked(body, marker),
    );
    if (found) return found;
  }
  return undefined;
}
