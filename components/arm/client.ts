import { setTimeout as sleep } from "node:timers/promises";
import type { TokenCredential } from "@azure/identity";
import pRetry, { AbortError } from "p-retry";
import { followMinutes } from "./limits";
import { type Cloud, cloudOf, credentialOf } from "./login";

/** How often and how long. Tests shorten it. */
const defaultPace = {
  pollMs: 10_000,
  deadlineMs: followMinutes * 60_000,
  retry: { retries: 6, minTimeout: 2_000, maxTimeout: 60_000 },
};

/**
 * Azure Resource Manager, for the few calls that the azure-native provider has no resource for. Run from scripts, with
 * the login of the environment.
 *
 * Calls that go on after their answer are followed to their end. A service that is busy or away (connection errors, 409
 * with another operation in progress, 429, 5xx) is asked again for a few minutes; any other refusal is final, and
 * thrown with Azure's code and words.
 */
export class ArmClient {
  constructor(
    private readonly cloud: Cloud,
    private readonly credential: TokenCredential,
    private readonly pace = defaultPace,
  ) {}

  /** Finds the cloud and the login in the environment. Rejects when a token cannot be had. */
  static async fromEnvironment(env = process.env): Promise<ArmClient> {
    const cloud = await cloudOf(env);
    const client = new ArmClient(cloud, credentialOf(cloud, env));
    await client.token();
    return client;
  }

  /** The resource at an ARM id, or the list of them, of which `query` may ask for a part, such as `{ $filter: ... }`. */
  get<T>(id: string, apiVersion: string, query: Record<string, string> = {}): Promise<T> {
    const more = Object.entries(query).map(([name, value]) => `&${name}=${encodeURIComponent(value)}`);
    return this.call<T>("GET", id, apiVersion + more.join(""));
  }

  /** Creates or changes a resource; ends when Azure is done. */
  async put(id: string, apiVersion: string, body: unknown): Promise<void> {
    await this.call("PUT", id, apiVersion, body);
  }

  /** Changes some of a resource, such as its `tags`, which are then those that are given and no others. */
  async patch(id: string, apiVersion: string, body: unknown): Promise<void> {
    await this.call("PATCH", id, apiVersion, body);
  }

  /** Calls an action, such as `.../sharedKeys`; ends when Azure is done. */
  post<T>(id: string, apiVersion: string, body: unknown = {}): Promise<T> {
    return this.call<T>("POST", id, apiVersion, body);
  }

  /** Deletes a resource; ends when it is gone. What is gone already is no error. */
  async delete(id: string, apiVersion: string): Promise<void> {
    await this.call("DELETE", id, apiVersion);
  }

  private async call<T>(method: string, id: string, apiVersion: string, body?: unknown): Promise<T> {
    const response = await this.send(method, `${this.cloud.resourceManager}${id}?api-version=${apiVersion}`, body);
    const operation = response.headers.get("azure-asyncoperation");
    const location = response.headers.get("location");
    if (operation) await this.followOperation(operation);
    else if (location && response.status === 202) await this.followLocation(location);
    return (await bodyOf(response)) as T;
  }

  private async followOperation(url: string): Promise<void> {
    await this.poll(url, async (response) => {
      const { status = "InProgress", error } = (await bodyOf(response)) as Operation;
      if (/^(failed|canceled)$/i.test(status)) throw new Error(wordsOf(error) ?? `the operation ended as ${status}`);
      return /^succeeded$/i.test(status);
    });
  }

  private followLocation(url: string): Promise<void> {
    return this.poll(url, async (response) => response.status !== 202);
  }

  private async poll(url: string, isDone: (response: Response) => Promise<boolean>): Promise<void> {
    const end = Date.now() + this.pace.deadlineMs;
    for (;;) {
      const response = await this.send("GET", url);
      if (await isDone(response)) return;
      if (Date.now() > end)
        throw new Error(`Azure was not done after ${this.pace.deadlineMs / 60_000} minutes: ${url}`);
      const asked = Number(response.headers.get("retry-after"));
      await sleep(asked > 0 ? asked * 1000 : this.pace.pollMs);
    }
  }

  private send(method: string, url: string, body?: unknown): Promise<Response> {
    return pRetry(async () => {
      const response = await fetch(url, {
        method,
        headers: {
          Authorization: `Bearer ${await this.token()}`,
          ...(body !== undefined && { "Content-Type": "application/json" }),
        },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(60_000),
      });
      if (response.ok || (method === "DELETE" && response.status === 404)) return response;
      const text = await response.text();
      const message = `${method} ${new URL(url).pathname}: ${response.status} ${wordsOf(errorIn(text)) ?? text.slice(0, 300)}`;
      const passes =
        [429, 500, 502, 503, 504].includes(response.status) || errorIn(text)?.code === "AnotherOperationInProgress";
      throw passes ? new Error(message) : new AbortError(message);
    }, this.pace.retry);
  }

  private async token(): Promise<string> {
    const token = await this.credential.getToken(`${this.cloud.audience}/.default`);
    if (!token) throw new Error("the login of the environment gave no token for Azure Resource Manager: log in again");
    return token.token;
  }
}

interface ArmError {
  code?: string;
  message?: string;
}

interface Operation {
  status?: string;
  error?: ArmError;
}

async function bodyOf(response: Response): Promise<unknown> {
  const text = await response.text();
  return text === "" ? {} : JSON.parse(text);
}

function errorIn(text: string): ArmError | undefined {
  try {
    return (JSON.parse(text) as { error?: ArmError }).error;
  } catch {
    return undefined;
  }
}

function wordsOf(error: ArmError | undefined): string | undefined {
  return error && [error.code, error.message].filter(Boolean).join(": ");
}
