import * as fs from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Endpoints, readEndpoints } from "../../local/endpoints";
import { twinPaths } from "../../local/paths";
import { loadKeys, type TwinKeys } from "../../local/setup/keys";
import { startSupervisor, stopSupervisor } from "../../local/supervise";
import { ArmClient } from "../local/cloud/arm/client";
import { clusterBody, createAccount, createNetwork, location } from "../local/cloud/arm/samples";
import { type Answer, client, type Json } from "../local/cloud/databricks/client";
import { processesNaming } from "../local/processes";

export const clusterName = "stream";

/** Where one service answers: `host:port`. */
export interface Ends {
  arm: string;
  x: string;
  databricks: string;
  ambari: string;
  ssh: string;
}

/** A supervisor with everything that it can run, made through Azure's own calls: no engine, no program. */
export class RunningTwin {
  private constructor(
    readonly home: string,
    readonly endpoints: Endpoints,
    readonly keys: TwinKeys,
    readonly arm: ArmClient,
  ) {}

  /** Starts the services on `home`, by default a new folder. */
  static async start(home = fs.mkdtempSync(path.join(tmpdir(), "secured-"))): Promise<RunningTwin> {
    // Its ends are for the tests' own clients, which are in no other network.
    await startSupervisor(home, { network: "loopback" });
    const keys = await loadKeys(home);
    const endpoints = readEndpoints(home) as Endpoints;
    const arm = new ArmClient(keys.azure);
    await arm.connect(`https://${endpoints.arm.host}:${endpoints.arm.port}`, authorityOf(home));
    const twin = new RunningTwin(home, endpoints, keys, arm);
    await arm.put(twin.group, { location });
    return twin;
  }

  get subscription(): string {
    return `/subscriptions/${this.keys.azure.subscriptionId}`;
  }

  get group(): string {
    return `${this.subscription}/resourceGroups/rg`;
  }

  id(type: string, name: string): string {
    return `${this.group}/providers/Microsoft.${type}/${name}`;
  }

  /** A workspace, ready; its `host:port`. */
  async createWorkspace(): Promise<string> {
    const { properties } = await this.arm.create(this.id("Databricks/workspaces", "dbx"), {
      location,
      sku: { name: "premium" },
      properties: { computeMode: "Hybrid", managedResourceGroupId: `${this.subscription}/resourceGroups/dbx-managed` },
    });
    const host = properties.workspaceUrl as string;
    while ((await this.databricks(host).get("/api/2.0/preview/scim/v2/Me")).status !== 200) await sleep(100);
    return host;
  }

  /**
   * A Kafka cluster in 10.<octet>.0.0/16 whose login and SSH key are the twin's own; `host:port` of Ambari and SSH, and
   * the key of its storage account.
   */
  async createCluster(octet: number): Promise<{ ambari: string; ssh: string; storageKey: string }> {
    const network = await createNetwork(this.arm, this.group, `10.${octet}.0.0/16`);
    const storageKey = await createAccount(this.arm, this.group, "secured");
    const body = clusterBody({ network, account: "secured", key: storageKey }, ({ properties }: Json) => {
      properties.clusterDefinition.configurations.gateway["restAuthCredential.password"] = this.keys.gatewayPassword;
      for (const { osProfile } of properties.computeProfile.roles) {
        const key = { certificateData: this.keys.ssh.publicKey };
        osProfile.linuxOperatingSystemProfile.sshProfile.publicKeys = [key];
      }
    });
    const made = await this.arm.create(this.id("HDInsight/clusters", clusterName), body);
    const endpoint = (name: string): string => {
      const all = made.properties.connectivityEndpoints as { name: string; location: string; port: number }[];
      const found = all.find((each) => each.name === name);
      return `${found?.location}:${found?.port}`;
    };
    return { ambari: endpoint("HTTPS"), ssh: endpoint("SSH"), storageKey };
  }

  databricks(host: string) {
    return client(host, authorityOf(this.home), this.keys.databricksToken);
  }

  /** One request, with exactly these headers. */
  async call(end: string, method: string, url: string, headers: Record<string, string> = {}): Promise<Answer> {
    return client(end, authorityOf(this.home), "").call(method, url, undefined, { authorization: "", ...headers });
  }

  /** Ends everything and removes the home. Throws, naming them, when processes of this twin are left. */
  async stop(): Promise<void> {
    await stopSupervisor(this.home);
    const left = processesNaming(this.home);
    fs.rmSync(this.home, { recursive: true, force: true });
    if (left.length > 0) throw new Error(`Processes were left:\n${left.join("\n")}`);
  }
}

function authorityOf(home: string): string {
  return fs.readFileSync(path.join(twinPaths(home).keys, "ca.pem"), "utf8");
}

export const basic = (user: string, password: string) =>
  `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
