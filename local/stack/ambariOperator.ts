import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { Agent, fetch } from "undici";

/** What an operator does in Ambari, by its REST API. */
export class AmbariOperator {
  private readonly agent: Agent;
  private readonly base: string;
  private readonly headers: Record<string, string>;

  constructor(
    url: string,
    protected readonly cluster: string,
    login: { user: string; password: string },
    caFile: string,
  ) {
    this.agent = new Agent({ connect: { ca: readFileSync(caFile, "utf8") } });
    this.base = `${url}/api/v1/clusters/${cluster}`;
    const basic = Buffer.from(`${login.user}:${login.password}`).toString("base64");
    this.headers = { Authorization: `Basic ${basic}`, "X-Requested-By": "ambari" };
  }

  /** Starts the broker of a host, and waits until it serves. */
  async startBroker(host: string): Promise<void> {
    await this.change(`/hosts/${host}/host_components/KAFKA_BROKER`, { HostRoles: { state: "STARTED" } });
  }

  /** Full names of the hosts that a component is on, in order. */
  async hostsOf(component: "KAFKA_BROKER" | "ZOOKEEPER_SERVER"): Promise<string[]> {
    const path = `/host_components?HostRoles/component_name=${component}`;
    const { items } = await this.call<{ items: { HostRoles: { host_name: string } }[] }>("GET", path);
    return items.map(({ HostRoles }) => HostRoles.host_name).sort();
  }

  close(): Promise<void> {
    return this.agent.close();
  }

  /** Asks for a state, and waits until it is there. */
  protected async change(path: string, wanted: object, info: object = {}): Promise<void> {
    const answer = await this.call<{ Requests?: { id: number } }>("PUT", path, {
      RequestInfo: { context: "Changed by hand", ...info },
      Body: wanted,
    });
    if (answer.Requests) await this.done(answer.Requests.id);
  }

  private async done(id: number): Promise<void> {
    for (;;) {
      const { Requests } = await this.call<{ Requests: { request_status: string } }>("GET", `/requests/${id}`);
      if (Requests.request_status === "COMPLETED") return;
      if (/FAILED|ABORTED|TIMEDOUT/.test(Requests.request_status)) {
        throw new Error(`Ambari's request ${id} ended ${Requests.request_status}`);
      }
      await sleep(200);
    }
  }

  private async call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(this.base + path, {
      method,
      headers: this.headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      dispatcher: this.agent,
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`Ambari answered ${response.status} to ${method} ${path}: ${text}`);
    return (text ? JSON.parse(text) : {}) as T;
  }
}
