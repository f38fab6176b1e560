import * as fs from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import type { FastifyInstance, InjectOptions } from "fastify";
import {
  AmbariCluster,
  AmbariState,
  componentKey,
  createAmbariServer,
  RequestRunner,
} from "../../../../local/cloud/ambari";
import { CertificateAuthority } from "../../../../local/cloud/tls";
import {
  type ComponentName,
  type Configurations,
  defaultConfigurations,
  type HostComponent,
  type KafkaHost,
} from "../../../../local/engines/kafka";
import { silentLog } from "../../../../local/log";

/** A component without a process: runs when it was started, and does what `onStart` says meanwhile. */
export class FakeComponent implements HostComponent {
  running = true;
  readonly pid = undefined;
  started: Configurations[] = [];
  onStart: (signal?: AbortSignal) => Promise<void> = async () => undefined;

  constructor(
    readonly name: ComponentName,
    readonly host: KafkaHost,
  ) {}

  async start(configurations: Configurations, signal?: AbortSignal): Promise<void> {
    this.started.push(configurations);
    await this.onStart(signal);
    this.running = true;
  }

  async stop(): Promise<void> {
    this.running = false;
  }

  async ready(): Promise<boolean> {
    return this.running;
  }
}

/** Ambari in front of fake components: what it answers without any Kafka. */
export class FakeCluster {
  readonly folder = fs.mkdtempSync(path.join(tmpdir(), "ambari-"));
  readonly hosts: KafkaHost[] = ["hn0", "zk0", "wn0", "wn1"].map((name, index) => ({
    role: name.startsWith("hn") ? "head" : name.startsWith("zk") ? "zookeeper" : "worker",
    name: `${name}-events.x.internal`,
    address: `127.7.0.${60 + index}`,
  }));
  readonly brokers = this.hosts
    .filter(({ role }) => role === "worker")
    .map((h) => new FakeComponent("KAFKA_BROKER", h));
  readonly components = [
    ...this.hosts.filter(({ role }) => role === "zookeeper").map((h) => new FakeComponent("ZOOKEEPER_SERVER", h)),
    ...this.brokers,
  ];
  requests!: RequestRunner;
  app!: FastifyInstance;

  /** Opens the state in the folder, as each supervisor does. Starts nothing. */
  async open(): Promise<void> {
    const configurations = defaultConfigurations({
      zookeepers: ["zk0-events.x.internal"],
      brokers: 2,
      brokerConfig: {},
    });
    const state = AmbariState.open(this.folder, configurations, this.components.map(componentKey));
    this.requests = new RequestRunner(state, this.components, silentLog);
    const { hosts, components, requests } = this;
    this.app = createAmbariServer({
      cluster: new AmbariCluster({ name: "Events", hosts, components, internalAddress: "10.7.0.60", state, requests }),
      username: "admin",
      password: "Correct:Horse-42",
      tls: await (await CertificateAuthority.open(this.folder)).issue(["127.0.0.1"]),
      log: silentLog,
    });
    await Promise.all(components.filter(({ running }) => running).map((component) => requests.start(component)));
  }

  async close(): Promise<void> {
    await this.requests.close();
    await this.app.close();
  }

  remove(): void {
    fs.rmSync(this.folder, { recursive: true });
  }

  /** A call below `/api/v1`, with everything that Ambari wants of a client. */
  async call(method: InjectOptions["method"], url: string, body?: unknown, headers: Record<string, string> = {}) {
    const response = await this.app.inject({
      method,
      url: `/api/v1${url}`,
      headers: {
        authorization: `Basic ${Buffer.from("admin:Correct:Horse-42").toString("base64")}`,
        "x-requested-by": "ambari",
        ...(body !== undefined && { "content-type": "application/x-www-form-urlencoded" }),
        ...headers,
      },
      payload: body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body),
    });
    return {
      status: response.statusCode,
      headers: response.headers,
      // biome-ignore lint/suspicious/noExplicitAny: tests look at answers property by property
      body: (response.body ? response.json() : undefined) as any,
    };
  }

  /** Waits for a request and returns it with its tasks. */
  async finished(id: number) {
    for (;;) {
      const { body } = await this.call("GET", `/clusters/Events/requests/${id}?fields=Requests,tasks/Tasks`);
      if (!["PENDING", "IN_PROGRESS"].includes(body.Requests.request_status)) return body;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
}
