/**
 * Waits until a Databricks workspace answers steadily. Run by `DatabricksWorkspace`.
 *
 * Azure reports a workspace as done minutes before its API is: meanwhile calls fail now and then with 400 (no worker
 * environment), 401, 403, 404 or 5xx, one node after another. Several good answers in a row mean that all are up.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { accessToken } from "./accessToken";

const goodAnswersInARow = 3;
const deadlineMs = 25 * 60_000;
const pollMs = Number(process.env.WORKSPACE_POLL_MS ?? 1_000);

async function main(): Promise<void> {
  const url = process.env.WORKSPACE_URL;
  const authType = process.env.WORKSPACE_AUTH_TYPE;
  if (!url || !authType) throw new Error("`WORKSPACE_URL` and `WORKSPACE_AUTH_TYPE` are needed in the environment.");
  const login = { authType, tenantId: process.env.WORKSPACE_TENANT_ID, clientId: process.env.WORKSPACE_CLIENT_ID };

  // A login that cannot work is told at once; only the workspace is waited for.
  await accessToken(login);
  const end = Date.now() + deadlineMs;
  let good = 0;
  let last = "";
  while (good < goodAnswersInARow) {
    const problem = await ask(url, await accessToken(login));
    good = problem ? 0 : good + 1;
    if (problem && problem !== last) console.error(`The workspace is not ready yet: ${problem}`);
    last = problem ?? "";
    if (Date.now() > end) {
      throw new Error(
        `${url} was not ready after ${deadlineMs / 60_000} minutes. Its last answer: ${last || "good, but not steadily"}`,
      );
    }
    if (good < goodAnswersInARow) await sleep(problem ? pollMs * 2 : pollMs / 4);
  }
  console.log(JSON.stringify({ ready: true }));
}

/** One cheap call that needs the workspace's compute side. Returns what is wrong, if anything. */
async function ask(url: string, token: string): Promise<string | undefined> {
  try {
    const response = await fetch(`${url}/api/2.1/clusters/spark-versions`, {
      headers: { Authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(30_000),
    });
    const text = await response.text();
    return response.ok ? undefined : `${response.status} ${text.slice(0, 200)}`;
  } catch (error) {
    const { message, cause } = error as Error;
    return cause instanceof Error ? `${message}: ${cause.message}` : message;
  }
}

main().catch((error: Error) => {
  console.error(`Waiting for the Databricks workspace failed: ${error.message}`);
  process.exitCode = 1;
});
