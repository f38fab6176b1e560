import { describe, expect, it } from "vitest";
import { type Arm, allows, azureLogin, type Login, subscriptionFindings } from "../../../tools/doctor/azure";
import { stackQuotaFindings } from "../../../tools/doctor/quota";

const subscriptionId = "22222222-2222-4222-8222-222222222222";
const S = `/subscriptions/${subscriptionId}`;

/** Azure with these answers by id; anything else is refused as Azure does. */
function azure(answers: Record<string, unknown>): Arm {
  const answer = async (id: string) => {
    if (id in answers) return answers[id] as never;
    throw new Error(`GET ${id}: 404 ResourceNotFound: not there`);
  };
  return { get: answer, post: answer };
}
const subscriptions = (...more: object[]) => ({
  "/subscriptions": { value: [{ subscriptionId, displayName: "Ours", state: "Enabled" }, ...more] },
});

describe("the login to Azure", () => {
  it("is there when the subscription is seen", async () => {
    const { finding, login } = await azureLogin({}, async () => azure(subscriptions()));
    expect(finding).toEqual({ subject: "Login", level: "ok", text: `subscription Ours (${subscriptionId})` });
    expect(login?.subscription).toBe(subscriptionId);
  });

  it.each<[string, NodeJS.ProcessEnv, () => Promise<Arm>, RegExp]>([
    [
      "without one",
      {},
      () => Promise.reject(new TypeError("fetch failed", { cause: new Error("getaddrinfo ENOTFOUND") })),
      /^there is none to Azure: fetch failed \(getaddrinfo ENOTFOUND\)$/,
    ],
    [
      "to another subscription",
      { ARM_SUBSCRIPTION_ID: "other" },
      async () => azure(subscriptions()),
      /^sees Ours \(2222.*, not other$/,
    ],
    [
      "to several, and none chosen",
      { PATH: "/nowhere" },
      async () => azure(subscriptions({ subscriptionId: "b", displayName: "B", state: "Enabled" })),
      /^sees Ours .*, B \(b\), not which one to use$/,
    ],
    [
      "to one that takes no changes",
      { ARM_SUBSCRIPTION_ID: "w" },
      async () => azure(subscriptions({ subscriptionId: "w", displayName: "W", state: "Warned" })),
      /^subscription W is Warned/,
    ],
  ])("is a problem %s", async (_, env, connect, text) => {
    const { finding, login } = await azureLogin(env, connect);
    expect(finding).toMatchObject({ level: "problem", text: expect.stringMatching(text) });
    expect(login).toBeUndefined();
  });
});

describe("a subscription", () => {
  const names = ["HDInsight", "Databricks", "Network", "Storage", "ManagedIdentity", "OperationalInsights", "Insights"];
  const registered = Object.fromEntries(
    names.map((name) => [`${S}/providers/Microsoft.${name}`, { registrationState: "Registered" }]),
  );
  const rights = (...value: object[]) => ({ [`${S}/providers/Microsoft.Authorization/permissions`]: { value } });
  const owner = rights({ actions: ["*"], notActions: [] });
  const contributor = rights({
    actions: ["*"],
    notActions: ["Microsoft.Authorization/*/Delete", "Microsoft.Authorization/*/Write"],
  });
  const look = (answers: object, needs = { logs: false, roles: true }) =>
    subscriptionFindings({ arm: azure({ ...registered, ...answers }), subscription: subscriptionId }, needs);

  it("has all that is needed", async () => {
    expect((await look(owner)).map(({ level }) => level)).toEqual(["ok", "ok"]);
    expect((await look(contributor, { logs: true, roles: false })).map(({ level }) => level)).toEqual(["ok", "ok"]);
  });

  it("lacks providers, with the command for each; those of logs only where there are logs", async () => {
    const not = { registrationState: "NotRegistered" };
    const lacking = {
      ...owner,
      [`${S}/providers/Microsoft.HDInsight`]: not,
      [`${S}/providers/Microsoft.Insights`]: not,
    };
    expect((await look(lacking))[0]).toEqual({
      subject: "Resource providers",
      level: "problem",
      text: "Microsoft.HDInsight is NotRegistered",
      fix: ["az provider register --wait --namespace Microsoft.HDInsight"],
    });
    expect((await look(lacking, { logs: true, roles: true }))[0]?.fix).toHaveLength(2);
    const registering = { ...owner, [`${S}/providers/Microsoft.Storage`]: { registrationState: "Registering" } };
    expect((await look(registering))[0]?.level).toBe("note");
  });

  it("gives no right to assign roles, which only storage by identity needs", async () => {
    expect((await look(contributor))[1]).toMatchObject({
      level: "problem",
      text: expect.stringContaining("assign roles"),
      fix: [expect.stringContaining("kafkaStorageAccess key")],
    });
    expect((await look(rights({ actions: ["*/read"] })))[1]?.text).toMatch(/make the Kafka cluster/);
  });

  it("that cannot be looked at is unknown, never well", async () => {
    const arm = azure({});
    const findings = await subscriptionFindings({ arm, subscription: subscriptionId }, { logs: false, roles: false });
    expect(findings.map(({ level }) => level)).toEqual(["unknown", "unknown"]);
  });

  it.each([
    [[{ actions: ["Microsoft.Network/*"] }], "microsoft.network/virtualNetworks/write", true],
    [[{ actions: ["Microsoft.Network/*/read"] }], "Microsoft.Network/virtualNetworks/write", false],
    [[{ actions: ["*"], notActions: ["Microsoft.Network/*"] }], "Microsoft.Network/virtualNetworks/write", false],
    [
      [{ actions: ["*"], notActions: ["Microsoft.Network/*"] }, { actions: ["Microsoft.Network/*"] }],
      "Microsoft.Network/virtualNetworks/write",
      true,
    ],
    [[], "Microsoft.Network/virtualNetworks/write", false],
  ])("with roles %j on %s: %s", (permissions, action, granted) => {
    expect(allows(permissions, action)).toBe(granted);
  });
});

describe("room for a stack", () => {
  const values = {
    ...{ location: "West Europe", kafkaClusterName: "mine", resourceGroupName: "rg", kafkaWorkers: 3 },
    ...{
      kafkaHeadSize: "Standard_E4ads_v5",
      kafkaZookeeperSize: "Standard_E2_v3",
      kafkaWorkerSize: "Standard_E4ads_v5",
    },
    ...{ sparkNodeType: "Standard_D4ds_v5", sparkWorkers: 1, sparkInteractiveCluster: "true" as const },
  };
  const at = (provider: string, what: string) => `${S}/providers/Microsoft.${provider}/locations/westeurope/${what}`;
  const usage = (value: string, currentValue: number, limit: number) => ({ name: { value }, currentValue, limit });
  const room = {
    [at("HDInsight", "checkNameAvailability")]: { nameAvailable: true },
    [at("HDInsight", "usages")]: { value: [usage("cores", 10, 60)] },
    [at("Compute", "usages")]: { value: [usage("cores", 1, 100), usage("standardDDSv5Family", 0, 24)] },
  };
  const look = (answers: Record<string, unknown>) => {
    const login: Login = { arm: azure(answers), subscription: subscriptionId };
    return stackQuotaFindings(login, "dev", values);
  };

  it("is there, to the last core", async () => {
    expect(await look(room)).toEqual([
      { subject: "Cluster name", level: "ok", text: "mine is free" },
      { subject: "HDInsight's cores", level: "ok", text: "50 of 60 are free in westeurope, 26 are needed" },
      { subject: "Cores of Standard_D4ds_v5", level: "ok", text: "24 of 24 are free in westeurope, 24 are needed" },
      { subject: "Cores of all VM families", level: "ok", text: "99 of 100 are free in westeurope, 24 are needed" },
    ]);
  });

  it("is not there, with where to ask for more", async () => {
    const full = {
      ...room,
      [at("HDInsight", "checkNameAvailability")]: { nameAvailable: false, message: "It is taken." },
      [at("HDInsight", "usages")]: { value: [usage("cores", 40, 60)] },
      [at("Compute", "usages")]: { value: [usage("StandardDDSv5Family", 1, 24), usage("cores", 80, 100)] },
    };
    expect(await look(full)).toMatchObject([
      { level: "problem", text: "mine is not free: It is taken." },
      {
        level: "problem",
        text: "20 of 60 are free in westeurope, 26 are needed",
        fix: [/quota/].map(() => expect.any(String)),
      },
      { level: "problem", text: "23 of 24 are free in westeurope, 24 are needed" },
      {
        subject: "Cores of all VM families",
        level: "problem",
        text: "20 of 100 are free in westeurope, 24 are needed",
        fix: [expect.stringContaining("regional-quota-requests")],
      },
    ]);
  });

  it("is unknown where Azure does not say", async () => {
    expect((await look({ ...room, [at("Compute", "usages")]: { value: [] } }))[2]).toMatchObject({
      level: "unknown",
      text: "Azure names no such quota in westeurope",
    });
    expect((await look({})).map(({ level }) => level)).toEqual(Array(4).fill("unknown"));
    const login: Login = { arm: azure({}), subscription: subscriptionId };
    expect((await stackQuotaFindings(login, "dev", {})).map(({ level }) => level)).toEqual(["unknown"]);
  });

  it("is not asked for twice by a stack that is deployed", async () => {
    const cluster = `${S}/resourceGroups/rg/providers/Microsoft.HDInsight/clusters/mine`;
    const findings = await look({
      ...room,
      [cluster]: { name: "mine" },
      [at("HDInsight", "usages")]: { value: [usage("cores", 60, 60)] },
    });
    expect(findings.map(({ level }) => level)).toEqual(["ok", "note", "note", "note"]);
  });
});
