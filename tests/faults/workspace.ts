import { readFileSync } from "node:fs";
import { Agent, fetch } from "undici";
import type { LocalEnvironment } from "../../local/stack/environment";

/** Plain calls of a workspace's API. */
export class Workspace {
  private readonly agent: Agent;

  constructor(
    private readonly url: string,
    private readonly environment: LocalEnvironment,
  ) {
    this.agent = new Agent({ connect: { ca: readFileSync(environment.NODE_EXTRA_CA_CERTS, "utf8") } });
  }

  get<T>(path: string): Promise<T> {
    return this.call<T>("GET", path);
  }

  post<T>(path: string, body: unknown): Promise<T> {
    return this.call<T>("POST", path, body);
  }

  close(): Promise<void> {
    return this.agent.close();
  }

  private async call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(this.url + path, {
      method,
      headers: { Authorization: `Bearer ${this.environment.DATABRICKS_TOKEN}`, "content-type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
      dispatcher: this.agent,
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  }
}
