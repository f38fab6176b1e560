import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CertificateAuthority } from "../../local/cloud/tls";
import { ControlPlane } from "../../local/controlPlane";
import { NoKafka } from "../../local/engines/none/kafka";
import { readIfThere } from "../../local/files";
import { twinPaths } from "../../local/paths";
import { loadKeys } from "../../local/setup/keys";
import { ArmClient, type Json } from "./cloud/arm/client";
import { createCluster } from "./cloud/arm/samples";
import { ScriptServer } from "./cloud/hdinsight/scriptServer";

let home: string;
beforeEach(() => {
  home = mkdtempSync(path.join(tmpdir(), "control-plane-"));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

/** A client of the control plane, and a resource group to be made there. */
async function visit({ arm: { host, port } }: ControlPlane): Promise<{ client: ArmClient; group: string }> {
  const { azure } = await loadKeys(home);
  const client = new ArmClient(azure);
  await client.connect(`https://${host}:${port}`, readFileSync(path.join(twinPaths(home).keys, "ca.pem"), "utf8"));
  return { client, group: `/subscriptions/${azure.subscriptionId}/resourceGroups/rg` };
}

/** Milliseconds that a network's creation takes, from the request until the operation has ended. */
async function creation(services: ControlPlane): Promise<number> {
  const { client, group } = await visit(services);
  await client.put(group, { location: "westeurope" });
  const id = `${group}/providers/Microsoft.Network/virtualNetworks/net`;
  const begin = performance.now();
  await client.put(id, { location: "westeurope", properties: { addressSpace: { addressPrefixes: ["10.0.0.0/16"] } } });
  while ((await client.get(id)).body.properties.provisioningState !== "Succeeded") {
    if (performance.now() - begin > 10_000) throw new Error("The network does not get ready.");
  }
  return performance.now() - begin;
}

describe("a control plane", () => {
  it("takes for an operation of Azure Resource Manager as long as it is told, and no longer", async () => {
    const asked: string[] = [];
    const operation = (type: string, verb: string) => {
      asked.push(`${verb} ${type}`);
      return 700;
    };
    const services = await ControlPlane.open(home, { durations: { operation } });
    try {
      expect(await creation(services)).toBeGreaterThan(690);
      expect(asked).toEqual(["put Microsoft.Network/virtualNetworks"]);
    } finally {
      await services.close();
    }
  });

  it("has what it is told that others have made, in whatever subscription, and keeps what is there", async () => {
    const services = await ControlPlane.open(home);
    try {
      const { client } = await visit(services);
      const shared = "/subscriptions/0a1b2c3d-0000-4000-8000-000000000000/resourceGroups/shared";
      const identity = `${shared}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/kafka-disks`;
      const logs = `${shared}/providers/Microsoft.OperationalInsights/workspaces/all-logs`;
      expect((await client.get(identity)).body.error.code).toBe("SubscriptionNotFound");
      const surroundings = { location: "westeurope", resources: [identity, logs], groups: [] };
      await services.provide(surroundings);
      const made = (await client.get(identity)).body;
      expect(made).toMatchObject({ location: "westeurope", properties: { principalId: expect.any(String) } });
      expect((await client.get(logs)).body.properties.provisioningState).toBe("Succeeded");
      expect((await client.post(`${logs}/sharedKeys`)).body.primarySharedKey).toEqual(expect.any(String));
      await services.provide({ ...surroundings, location: "northeurope" });
      expect((await client.get(identity)).body).toEqual(made);
      const unknown = `${shared}/providers/Microsoft.Network/virtualNetworks/hub`;
      await expect(services.provide({ ...surroundings, resources: [unknown] })).rejects.toThrow("`properties`");
    } finally {
      await services.close();
    }
  });

  it.each([
    [false, "only written down, as one that succeeded, on workers that are added too", 0],
    [true, "fetched and run where it is asked for, as one of one's own", 5],
  ])("with `runsScripts` %s, a script action is %s", { timeout: 120_000 }, async (runsScripts, _what, times) => {
    const server = await ScriptServer.start(await CertificateAuthority.open(twinPaths(home).keys));
    const canary = path.join(home, "canary");
    const script = {
      name: "canary",
      uri: server.serve(`echo ran >> ${canary}\n`),
      roles: ["headnode", "workernode"],
      parameters: "",
    };
    const services = await ControlPlane.open(home, { runsScripts });
    try {
      const { client, group } = await visit(services);
      const cluster = await createCluster(client, group, "scripted");
      const scriptActions = [script];
      await client.finish(
        await client.post(`${cluster}/executeScriptActions`, { scriptActions, persistOnSuccess: true }),
      );
      const history = async () => (await client.get(`${cluster}/scriptExecutionHistory`)).body.value as Json[];
      expect(await history()).toMatchObject([
        { status: "Succeeded", executionSummary: [{ status: "COMPLETED", instanceCount: 5 }] },
      ]);
      expect((await client.get(`${cluster}/scriptActions`)).body.value).toMatchObject([{ name: "canary" }]);
      expect(server.asked.length > 0).toBe(runsScripts);
      expect((readIfThere(canary) ?? "").split("ran").length - 1).toBe(times);

      await client.finish(await client.post(`${cluster}/roles/workernode/resize`, { targetInstanceCount: 4 }));
      expect(await history()).toMatchObject([{ operation: "ScaleUp", status: "Succeeded" }, {}]);
      expect(server.asked.length > 0).toBe(runsScripts);
      expect((readIfThere(canary) ?? "").split("ran").length - 1).toBe(times && times + 1);
    } finally {
      await services.close();
      await server.stop();
    }
  });
});

describe("brokers that only seem to run", () => {
  const broker = (restartMs?: number) => {
    const hosts = [{ role: "worker", name: "wn0.test", address: "127.100.0.1" } as const];
    const [component] = new NoKafka({ folder: home, hosts }, restartMs).of("KAFKA_BROKER");
    if (!component) throw new Error("There is no broker.");
    return component;
  };

  it("take the time of a restart when they ran before", async () => {
    const component = broker(400);
    await component.start({});
    await component.stop(0);
    const begin = performance.now();
    await component.start({});
    expect(performance.now() - begin).toBeGreaterThan(390);
    expect(component.running).toBe(true);
  });

  it("do not run when their start is given up", async () => {
    const component = broker(60_000);
    // The first one waits for nothing, or this test would not end in time.
    await component.start({});
    await component.stop(0);
    await expect(component.start({}, AbortSignal.timeout(50))).rejects.toThrow();
    expect(component.running).toBe(false);
  });
});
