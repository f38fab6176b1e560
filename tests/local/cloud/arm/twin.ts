import * as fs from "node:fs";
import * as https from "node:https";
import * as os from "node:os";
import * as path from "node:path";
import type { ArmOptions } from "../../../../local/cloud/arm";
import { ArmService, type ClusterSpec, type KafkaCluster } from "../../../../local/cloud/arm";
import type { Address, Address } from "../../../../local/cloud/http";
import { toLoopback } from "../../../../local/cloud/network";
import { CertificateAuthority } from "../../../../local/cloud/tls";
import { silentLog } from "../../../../local/log";

export const credentials = {
  tenantId: "11111111-1111-4111-8111-111111111111",
  subscriptionId: "22222222-2222-4222-8222-222222222222",
  clientId: "33333333-3333-4333-8333-333333333333",
  clientSecret: "not-a-real-secret",
};
export const subscription = `/subscriptions/${credentials.subscriptionId}`;
export const group = `${subscription}/resourceGroups/rg`;
export const provider = (namespace: string) => `${group}/providers/Microsoft.${namespace}`;

// biome-ignore lint/suspicious/noExplicitAny: answers have many shapes, and each test asserts the one it expects
export type Json = any;

export interface Response {
  status: number;
  headers: Record<string, string | undefined>;
  body: Json;
}

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

/** An ARM service in a home of its own, and a client that follows operations as Azure's SDKs do. */
export class TestArm {
  readonly kafka = new FakeKafka();
  readonly databricks = new FakeDatabricks();
  service!: ArmService;
  address!: Address;
  address!: Address;
  token = "";
  private ca = "";

  private constructor(
    readonly home: string,
    private readonly options: Partial<ArmOptions>,
  ) {}

  static async start(options: Partial<ArmOptions> = {}): Promise<TestArm> {
    const arm = new TestArm(fs.mkdtempSync(path.join(os.tmpdir(), "arm-")), options);
    await arm.restart();
    return arm;
  }

  /** Starts the service on what is in its home, as a new process would. */
  async restart(options: Partial<ArmOptions> = this.options): Promise<void> {
    const tls = await CertificateAuthority.open(path.join(this.home, "keys"));
    this.ca = tls.caPem;
    const { home, kafka, databricks } = this;
    this.service = new ArmService({ home, tls, log: silentLog, kafka, databricks, credentials, ...options });
    this.address = await this.service.listen();
    this.token = (await this.login()).body.access_token;
  }

  async stop(): Promise<void> {
    await this.service.close();
    fs.rmSync(this.home, { recursive: true, force: true });
  }

  get url(): string {
    return `https://${this.address.host}:${this.address.port}`;
  }

  login(form: Record<string, string> = {}, tenant = credentials.tenantId): Promise<Response> {
    const body = new URLSearchParams({
      grant_type: "client_credentials",
      client_id: credentials.clientId,
      client_secret: credentials.clientSecret,
      scope: `${this.url}/.default`,
      ...form,
    });
    return this.send("POST", `${this.url}/${tenant}/oauth2/v2.0/token`, body.toString(), {
      "content-type": "application/x-www-form-urlencoded",
    });
  }

  request(method: string, url: string, body?: unknown, headers: Record<string, string> = {}): Promise<Response> {
    const full = url.startsWith("https://") ? url : `${this.url}${url}`;
    const text = body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body);
    return this.send(method, full, text, {
      authorization: `Bearer ${this.token}`,
      "content-type": "application/json",
      ...headers,
    });
  }

  get = (id: string) => this.request("GET", versioned(id));
  put = (id: string, body: unknown, headers = {}) => this.request("PUT", versioned(id), body, headers);
  patch = (id: string, body: unknown) => this.request("PATCH", versioned(id), body);
  delete = (id: string) => this.request("DELETE", versioned(id));
  post = (id: string, body?: unknown) => this.request("POST", versioned(id), body);

  /** PUT, wait, GET: what a create of an SDK does. Fails with the operation's error. */
  async create(id: string, body: unknown): Promise<Json> {
    const response = await this.put(id, body);
    if (response.status >= 400) throw new Error(JSON.stringify(response.body));
    await this.finish(response);
    return (await this.get(id)).body;
  }

  async destroy(id: string): Promise<Response> {
    const response = await this.delete(id);
    return response.status === 202 ? this.finish(response) : response;
  }

  /** Polls an answer's operation to its end. */
  async finish(response: Response): Promise<Response> {
    const url = response.headers["azure-asyncoperation"] ?? response.headers.location;
    if (!url) return response;
    for (;;) {
      const poll = await this.request("GET", url);
      const status = response.headers["azure-asyncoperation"]
        ? poll.body.status
        : poll.status === 202
          ? "InProgress"
          : "";
      if (status === "Failed") throw new Error(JSON.stringify(poll.body.error));
      if (status !== "InProgress") return poll;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  private send(
    method: string,
    url: string,
    body: string | undefined,
    headers: Record<string, string>,
  ): Promise<Response> {
    return new Promise((resolve, reject) => {
      const request = https.request(url, { method, headers, ca: this.ca, agent: false }, (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (chunk) => {
          text += chunk;
        });
        response.on("end", () => {
          const flat = response.headers as Record<string, string | undefined>;
          resolve({
            status: response.statusCode ?? 0,
            headers: flat,
            body: text === "" ? undefined : JSON.parse(text),
          });
        });
      });
      request.on("error", reject);
      request.end(body);
    });
  }
}

/** The api-version azure-native 3.28 uses for a path. */
export function versioned(id: string): string {
  if (id.includes("?")) return id;
  const namespace = id.split("/providers/").at(-1)?.split("/")[0]?.toLowerCase();
  const version: Record<string, string> = {
    "microsoft.network": /dns/i.test(id) ? "2024-06-01" : "2024-05-01",
    "microsoft.storage": "2024-01-01",
    "microsoft.hdinsight": "2024-08-01-preview",
    "microsoft.databricks": "2026-01-01",
    "microsoft.managedidentity": "2023-01-31",
    "microsoft.authorization": "2022-04-01",
  };
  return `${id}?api-version=${(id.includes("/providers/") && version[namespace ?? ""]) || "2024-03-01"}`;
}

export const location = "westeurope";

/** A network as the cluster component makes it: NSG, public IP, NAT gateway, one subnet. Returns the ids. */
export async function createNetwork(arm: TestArm, prefix = "10.0.0.0/16", name = "vnet") {
  const network = provider("Network");
  const ids = {
    nsg: `${network}/networkSecurityGroups/${name}-nsg`,
    ip: `${network}/publicIPAddresses/${name}-ip`,
    nat: `${network}/natGateways/${name}-nat`,
    vnet: `${network}/virtualNetworks/${name}`,
    subnet: `${network}/virtualNetworks/${name}/subnets/kafka`,
  };
  await arm.create(ids.nsg, { location, properties: { securityRules: [managementRule] } });
  await arm.create(ids.ip, { location, sku: { name: "Standard" }, properties: { publicIPAllocationMethod: "Static" } });
  await arm.create(ids.nat, {
    location,
    sku: { name: "Standard" },
    properties: { publicIpAddresses: [{ id: ids.ip }] },
  });
  await arm.create(ids.vnet, networkBody(prefix, ids));
  return ids;
}

export const managementRule = {
  name: "hdinsight-management",
  properties: {
    protocol: "Tcp",
    access: "Allow",
    direction: "Inbound",
    priority: 100,
    sourceAddressPrefix: "HDInsight",
    sourcePortRange: "*",
    destinationAddressPrefix: "*",
    destinationPortRange: "443",
  },
};

export function networkBody(prefix: string, ids: { nsg: string; nat: string }) {
  return {
    location,
    properties: {
      addressSpace: { addressPrefixes: [prefix] },
      subnets: [
        {
          name: "kafka",
          properties: {
            addressPrefix: prefix.replace(/0\.0\/16$/, "0.0/24"),
            networkSecurityGroup: { id: ids.nsg },
            natGateway: { id: ids.nat },
          },
        },
      ],
    },
  };
}
