import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ControlPlaneStack } from "../local/controlPlaneStack";

/**
 * Every choice that no other test of the engine makes: that it is deployed, and that there is nothing to do then, be it
 * after a look at what is there. Choices that have nothing to do with each other go together, to save deployments.
 */
describe("a stack with other choices than the default ones", { timeout: 240_000 }, () => {
  let stack: ControlPlaneStack;
  const octets = { kafkaAddressSpace: "10.82.0.0/16", kafkaSubnetPrefix: "10.82.0.0/24" };
  beforeAll(async () => {
    stack = await ControlPlaneStack.start();
  }, 120_000);
  afterAll(() => stack?.stop());

  it.each([
    [
      "a storage key, host names, encrypted hosts, limited clusters, a group, a stream that ends",
      {
        ...{ kafkaStorageAccess: "key", kafkaAdvertise: "none", kafkaEncryptionAtHost: "true" },
        ...{ sparkPolicy: { maxWorkers: 2 }, databricksGroup: "users", databricksGroupAccess: "manage" },
        ...{ source: "twitter", stopAfter: "end", trigger: "availableNow", alertEmails: ["operators@example.com"] },
      },
      ["spark-policy-jobs"],
    ],
    [
      "a data lake, a network of the workspace's own, brokers by name, no interactive cluster, protection",
      {
        ...{ kafkaStorageKind: "adls", databricksNetwork: "injected", kafkaAdvertise: "names" },
        ...{ sparkInteractiveCluster: "false", sink: "delta", protect: "true" },
      },
      ["databricks-network-vnet"],
    ],
  ])("is left alone once it has %s", async (_, choices, made) => {
    const config = { ...octets, ...choices };
    const { create = [], ...changed } = await stack.done("up", config);
    expect([...create, ...Object.values(changed).flat()]).toEqual(expect.arrayContaining(made));
    expect(await stack.done("up", config)).toEqual({});
    await stack.done("refresh", config);
    expect(await stack.done("up", config)).toEqual({});
    // In another group all of it is made anew, jobs that read a secret of the workspace included; a preview shows that.
    const moved = stack.done("preview", { ...config, resourceGroupName: "elsewhere" });
    if ("protect" in choices) return expect(moved).rejects.toThrow("marked for protection");
    const anew = ["streaming", "databricks-workspace", "twitter-bearer-token", "producer-job"];
    expect((await moved).replace).toEqual(expect.arrayContaining(anew));
  });
});
