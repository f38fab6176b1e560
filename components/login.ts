/** Ways to log in that several of this project's scripts share. */

/** The identity of the running GitHub Actions job, which needs `permissions: id-token: write`. */
export async function githubToken(env: NodeJS.ProcessEnv): Promise<string> {
  const url = required(
    "ACTIONS_ID_TOKEN_REQUEST_URL",
    env.ACTIONS_ID_TOKEN_REQUEST_URL,
    "a job with `id-token: write`",
  );
  const bearer = required(
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
    env.ACTIONS_ID_TOKEN_REQUEST_TOKEN,
    "a job with `id-token: write`",
  );
  const response = await fetch(`${url}&audience=api://AzureADTokenExchange`, {
    headers: { Authorization: `bearer ${bearer}` },
  });
  if (!response.ok) throw new Error(`GitHub gave no identity token: it answered ${response.status}.`);
  return ((await response.json()) as { value: string }).value;
}

/** The value; throws, naming the key and what it needs to be, when there is none. */
export function required(key: string, value: string | undefined, what: string): string {
  if (!value) throw new Error(`\`${key}\` is not set, and needs to be ${what}.`);
  return value;
}
