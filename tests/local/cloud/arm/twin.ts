import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { toLoopback } from "../../../../local/cloud/addresses";
import type { ArmOptions } from "../../../../local/cloud/arm";
import { ArmService, type ClusterSpec, type KafkaCluster } from "../../../../local/cloud/arm";
import type { Script, ScriptOutcome } from "../../../../local/cloud/hdinsight/scripts";
import type { Address } from "../../../../local/cloud/http";
import { CertificateAuthority } from "../../../../local/cloud/tls";
import { silentLog } from "../../../../local/log";
import { ArmClient } from "./client";
import { createCluster as clusterIn, createNetwork as networkIn } from "./samples";

export type { Json } from "./client";
export { location, networkBody } from "./samples";

export const credentials = {
  tenantId: "11111111-1111-4111-8111-111111111111",
  subscriptionId: "22222222-2222-4222-8222-222222222222",
  clientId: "33333333-3333-4333-8333-333333333333",
  clientSecret: "not-a-real-secret",
};
export const subscription = `/subscriptions/${credentials.subscriptionId}`;
export const group = `${subscription}/resourceGroups/rg`;
export const provider = (namespace: string) => `${group}/providers/Microsoft.${namespace}`;

/** A Kafka engine that keeps the contract and starts nothing. */
export class FakeKafka {
  readonly clusters = new Map<string, KafkaCluster>();
  readonly specs: ClusterSpec[] = [];
  fail?: Error;
  /** Holds creation until it resolves. */
  gate: Promise<void> = Promise.resolve();

  async create(spec: ClusterSpec): Promise<KafkaCluster> {
    this.specs.push(spec);
    await this.gate;
    if (this.fail) throw this.fail;
    const host = toLoopback(spec.heads[0] ?? "");
    const cluster = { name: spec.name, https: { host, port: 8443 }, ssh: { host, port: 2222 } };
    this.clusters.set(spec.name, cluster);
    return cluster;
  }

  get(name: string): KafkaCluster | undefined {
    return this.clusters.get(name);
  }

  async delete(name: string): Promise<void> {
    this.clusters.delete(name);
  }

  async setGateway(name: string, gateway: ClusterSpec["gateway"]): Promise<void> {
    Object.assign(this.specOf(name), { gateway });
  }

  async addWorkers(name: string, addresses: string[]): Promise<void> {
    this.specOf(name).workers.push(...addresses);
  }

  /** What each script was run with; `scripts.outcome` decides how the next one ends. */
  readonly scripts: { given: Script[]; outcome: (script: Script) => ScriptOutcome[] } = {
    given: [],
    outcome: () => [{ host: "wn0", exitCode: 0, stdout: "done", stderr: "" }],
  };

  async runScript(_name: string, script: Script): Promise<ScriptOutcome[]> {
    this.scripts.given.push(script);
    await this.gate;
    return this.scripts.outcome(script);
  }

  specOf(name: string): ClusterSpec {
    return this.specs.findLast((spec) => spec.name === name) as ClusterSpec;
  }
}

/** A Databricks engine that keeps the contract and serves nothing. */
export class FakeDatabricks {
  readonly workspaces = new Map<string, string>();

  async create(id: string, name: string) {
    this.workspaces.set(id, name);
    return { host: `127.0.0.1:${40000 + this.workspaces.size}`, workspaceId: `${1000 + this.workspaces.size}` };
  }

  async delete(id: string): Promise<void> {
    this.workspaces.delete(id);
  }
}

/** An ARM service in a home of its own, and a client of it. */
export class TestArm extends ArmClient {
  readonly kafka = new FakeKafka();
  readonly databricks = new FakeDatabricks();
  service!: ArmService;
  address!: Address;

  private constructor(
    readonly home: string,
    private readonly options: Partial<ArmOptions>,
  ) {
    super(credentials);
  }

  static async start(options: Partial<ArmOptions> = {}): Promise<TestArm> {
    const arm = new TestArm(fs.mkdtempSync(path.join(os.tmpdir(), "arm-")), options);
    await arm.restart();
    return arm;
  }

  /** Starts the service on what is in its home, as a new process would. */
  async restart(options: Partial<ArmOptions> = this.options): Promise<void> {
    const tls = await CertificateAuthority.open(path.join(this.home, "keys"));
    const { home, kafka, databricks } = this;
    this.service = new ArmService({ home, tls, log: silentLog, kafka, databricks, credentials, ...options });
    this.address = await this.service.listen();
    await this.connect(`https://${this.address.host}:${this.address.port}`, tls.caPem);
  }

  async stop(): Promise<void> {
    await this.service.close();
    fs.rmSync(this.home, { recursive: true, force: true });
  }
}

/** A network in the test's own group. */
export function createNetwork(arm: TestArm, prefix?: string, name?: string) {
  return networkIn(arm, group, prefix, name);
}

/** A Kafka cluster in the test's own group, with all that it needs; its ARM id. */
export function createCluster(arm: TestArm, name: string): Promise<string> {
  return clusterIn(arm, group, name);
}

/** The login of the environment, as a script finds it. */
export function loginTo(arm: TestArm): Record<string, string> {
  return {
    ARM_METADATA_HOSTNAME: `${arm.address.host}:${arm.address.port}`,
    ARM_DISABLE_INSTANCE_DISCOVERY: "true",
    ARM_TENANT_ID: credentials.tenantId,
    ARM_CLIENT_ID: credentials.clientId,
    ARM_CLIENT_SECRET: credentials.clientSecret,
    NODE_EXTRA_CA_CERTS: path.join(arm.home, "keys", "ca.pem"),
  };
}
