import pRetry from "p-retry";
import { isMarked, isSame } from "./body";
import { isForNow, type Repository } from "./github";
import { runOf } from "./run";

/** What became of a comment or an issue, and where it is. */
export interface Outcome {
  what: "created" | "updated" | "unchanged" | "overtaken" | "closed";
  url: string;
}

/**
 * Makes a text the comment of a pull request that has this marker: creates it, or edits the one that is there. It is
 * left alone when it says the same already, when it is of a later workflow run than the text, and so is whatever another
 * account wrote, with this marker or without.
 *
 * When it cannot be told whether a new comment was taken, it is looked for again before it is sent again.
 */
export async function writeComment(at: Repository, number: number, marker: string, body: string): Promise<Outcome> {
  const { client, owner, repo, author } = at;
  const write = async (): Promise<Outcome> => {
    const there = await findComment(at, number, marker);
    if (there && isSame(there.body, body)) return { what: "unchanged", url: there.html_url };
    if (there && (runOf(there.body) ?? 0) > (runOf(body) ?? Number.POSITIVE_INFINITY)) {
      return { what: "overtaken", url: there.html_url };
    }
    if (there) {
      const route = "PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}";
      const { data } = await client.request(route, { owner, repo, comment_id: there.id, body });
      return { what: "updated", url: data.html_url };
    }
    const route = "POST /repos/{owner}/{repo}/issues/{issue_number}/comments";
    const { data } = await client.request(route, { owner, repo, issue_number: number, body, request: { retries: 0 } });
    checkAuthor(data.user?.login, author);
    return { what: "created", url: data.html_url };
  };
  return lookAgain(at, write);
}

/**
 * Calls again what may or may not have been carried out. `call` looks first what is there, so nothing is made twice.
 */
export function lookAgain<T>({ second }: Repository, call: () => Promise<T>): Promise<T> {
  return pRetry(call, { retries: 2, minTimeout: second, shouldRetry: ({ error }) => isForNow(error) });
}

/**
 * Another account's token would not find its comment the next time, and write one more.
 *
 * @throws Error when it was not written by the expected account
 */
export function checkAuthor(login: string | undefined, author: string): void {
  if (login === author) return;
  throw new Error(
    `It was written by "${login}", and the next run would look for one by "${author}": give \`--author "${login}"\`.`,
  );
}

/** The oldest comment with the marker that the token's own account wrote. */
async function findComment({ client, owner, repo, author }: Repository, number: number, marker: string) {
  const pages = client.paginate.iterator("GET /repos/{owner}/{repo}/issues/{issue_number}/comments", {
    owner,
    repo,
    issue_number: number,
    per_page: 100,
  });
  for await (const { data } of pages) {
    const found = data.find(({ user, body }) => user?.login === author && isMarked(body, marker));
    if (found) return found;
  }
  return undefined;
}
