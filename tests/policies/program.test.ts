import { afterEach, describe, expect, it, vi } from "vitest";
import strict from "../../policies/prod.json";
import { type Rule, settingsOf } from "../../policies/rule";
import { rules } from "../../policies/rules";
import { markSecrets } from "../../policies/secrets";
import { isSecret, plain, type Recorded, Recording } from "../components/recording";
import { type Changes, load, stackFile } from "../settings/config";

const group = "/subscriptions/0f8fad5b-d9cb-469f-a165-70867728950e/resourceGroups/rg";

/** The whole program, as a stack with that configuration makes it. */
async function programOf(changes: Changes): Promise<Recorded[]> {
  const recording = new Recording({
    ids: { "azure-native:resources:ResourceGroup": () => group },
    outputs: {
      "azure-native:hdinsight:Cluster": () => ({
        properties: {
          clusterId: "c",
          connectivityEndpoints: [
            { name: "SSH", location: "k-ssh.azurehdinsight.net", port: 22 },
            { name: "HTTPS", location: "k.azurehdinsight.net", port: 443 },
          ],
        },
      }),
      "azure-native:databricks:Workspace": () => ({ workspaceUrl: "adb-1.2.azuredatabricks.net", workspaceId: "77" }),
      "azure-native:databricks:VNetPeering": () => ({ databricksVirtualNetwork: { id: `${group}/workers-vnet` } }),
      "command:local:Command": () => ({
        stdout: JSON.stringify({ brokers: ["10.0.0.4", "10.0.0.6", "10.0.0.7"], zookeepers: ["10.0.0.5"] }),
      }),
    },
    calls: {
      "azure-native:authorization:getClientConfig": () => ({
        subscriptionId: "0f8fad5b-d9cb-469f-a165-70867728950e",
        tenantId: "t",
      }),
      "azure-native:databricks:getVNetPeering": () => ({ peeringState: "Connected" }),
      "azure-native:network:getVirtualNetworkPeering": () => ({ peeringState: "Connected" }),
      "azure-native:storage:listStorageAccountKeys": () => ({ keys: [{ value: "key-of-account" }] }),
    },
  });
  load(changes);
  vi.resetModules();
  await import("../../index.js");
  await recording.finished();
  return recording.resources;
}

afterEach(() => vi.resetModules());

const stacks: [string, Changes][] = [
  ["dev", stackFile("dev")],
  ["local", stackFile("local")],
  [
    "prod",
    {
      ...stackFile("prod"),
      databricksTenantId: "0f8fad5b-d9cb-469f-a165-70867728950e",
      databricksClientId: "0f8fad5b-d9cb-469f-a165-70867728950e",
      databricksUser: "0f8fad5b-d9cb-469f-a165-70867728950e",
      twitterBearerToken: "AAAAAAAAAAtoken",
    },
  ],
  ["a data lake, with logs", { kafkaStorageKind: "adls", logAnalytics: "new", logKafka: "true" }],
  ["storage opened by a key", { kafkaStorageAccess: "key" }],
  ["no interactive cluster, policies for the others", { sparkInteractiveCluster: "false", sparkPolicy: "{}" }],
  [
    "a workspace in a network of the stack's own, with names",
    { databricksNetwork: "injected", kafkaAdvertise: "names" },
  ],
  [
    "a group with access, and alerts",
    { databricksGroup: "users", alertEmails: '["a@example.com"]', logAnalytics: "new" },
  ],
];

function problems(resources: Recorded[], stack: string, settings: Partial<Record<string, object>> = {}): string[] {
  return resources.flatMap(({ type, name, inputs, options: { protect, ignoreChanges } }) => {
    const resource = {
      type,
      urn: `urn:pulumi:${stack}::p::${type}::${name}`,
      props: plain(inputs) as object,
      protect,
      ignoreChanges,
    };
    const said = (rule: Rule) => rule.check(resource, settingsOf(rule, { ...settings[rule.name] }));
    return rules.flatMap((rule) => said(rule).map((problem) => `${rule.name}: ${name}: ${problem}`));
  });
}

describe("the program itself", () => {
  it.each(stacks)(
    "keeps every rule with the configuration of %s, and leaves no secret in clear",
    async (stack, changes) => {
      const resources = await programOf(changes);
      // All of it was made: the jobs come last.
      expect(resources.map(({ name }) => name)).toEqual(expect.arrayContaining(["kafka-cluster", "consumer-job"]));
      expect(problems(resources, stack, stack === "prod" ? (strict as never) : {})).toEqual([]);
      for (const { type, inputs } of resources) {
        expect(markSecrets(type, inputs, { isSecret, mark: (value) => value }).found).toEqual([]);
      }
    },
  );

  it("breaks the rules of production in a production stack that is not protected", async () => {
    const resources = await programOf({});
    const said = problems(resources, "prod");
    expect(said).toContain(
      "protected-data: kafka-cluster: It is not protected, and stack prod is production: set `streaming:protect` to true.",
    );
    expect(said).toHaveLength(5);
  });
});
