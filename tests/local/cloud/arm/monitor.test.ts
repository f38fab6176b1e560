import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createNetwork, group, type Json, location, provider, subscription, TestArm } from "./twin";

let arm: TestArm;
let securityGroup: string;
let databricks: string;
const logs = (name: string) => `${provider("OperationalInsights")}/workspaces/${name}`;
const settingsOf = (id: string) => `${id}/providers/Microsoft.Insights/diagnosticSettings`;
const actionGroup = `${provider("Insights")}/actionGroups/operators`;
const rule = (name: string) => `${provider("Insights")}/scheduledQueryRules/${name}`;
const to = (workspaceId: string, ...categories: string[]) => ({
  properties: { workspaceId, logs: categories.map((category) => ({ category, enabled: true })) },
});

beforeAll(async () => {
  arm = await TestArm.start();
  await arm.put(group, { location });
  securityGroup = (await createNetwork(arm)).nsg;
  databricks = `${provider("Databricks")}/workspaces/spark`;
  await arm.create(databricks, {
    location,
    sku: { name: "premium" },
    properties: { computeMode: "Hybrid", managedResourceGroupId: `${subscription}/resourceGroups/spark-managed` },
  });
  for (const name of ["main", "other"]) await arm.create(logs(name), { location, properties: {} });
});
afterAll(() => arm.stop());

describe("a Log Analytics workspace", () => {
  it("is provisioned with Azure's defaults, an id of its own, and keys that only sharedKeys shows", async () => {
    const response = await arm.put(logs("fresh"), { location, properties: {} });
    expect(response).toMatchObject({ status: 201, body: { properties: { provisioningState: "Creating" } } });
    await arm.finish(response);
    const { properties } = (await arm.get(logs("fresh"))).body;
    expect(properties).toMatchObject({
      provisioningState: "Succeeded",
      customerId: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
      sku: { name: "PerGB2018" },
      retentionInDays: 30,
      workspaceCapping: { dailyQuotaGb: -1 },
    });
    const { primarySharedKey, secondarySharedKey } = (await arm.post(`${logs("fresh")}/sharedKeys`)).body;
    expect(Buffer.from(primarySharedKey, "base64")).toHaveLength(64);
    expect(secondarySharedKey).not.toBe(primarySharedKey);
    expect(JSON.stringify(properties)).not.toContain(primarySharedKey);

    const longer = await arm.create(logs("fresh"), { location, properties: { retentionInDays: 90 } });
    expect(longer.properties).toMatchObject({ retentionInDays: 90, customerId: properties.customerId });
    expect((await arm.post(`${logs("fresh")}/sharedKeys`)).body.primarySharedKey).toBe(primarySharedKey);
    await arm.destroy(logs("fresh"));
    expect((await arm.get(logs("fresh"))).status).toBe(404);
  });

  it.each([
    ["refused", { retentionInDays: 7 }, "InvalidParameter"],
    ["refused", { retentionInDays: 731 }, "InvalidParameter"],
    ["refused", { sku: { name: "Cheap" } }, "InvalidRequestContent"],
    ["bad_name", {}, "InvalidResourceName"],
  ])("is refused: %s %j", async (name, properties, code) => {
    expect(await arm.put(logs(name), { location, properties })).toMatchObject({
      status: 400,
      body: { error: { code } },
    });
  });
});

describe("a diagnostic setting", () => {
  it("hangs on its resource, shows what it was given, and goes with it", async () => {
    const id = `${settingsOf(databricks)}/streaming`;
    expect((await arm.put(id, to(logs("main"), "jobs", "clusters"))).status).toBe(201);
    expect((await arm.get(id)).body).toMatchObject({
      ...{ id, name: "streaming", type: "Microsoft.Insights/diagnosticSettings" },
      properties: {
        workspaceId: logs("main"),
        logs: ["jobs", "clusters"].map((category) => ({
          ...{ category, enabled: true },
          retentionPolicy: { enabled: false, days: 0 },
        })),
      },
    });
    expect((await arm.get(settingsOf(databricks))).body.value.map(({ name }: Json) => name)).toEqual(["streaming"]);
    expect((await arm.put(id, to(logs("main"), "jobs"))).status).toBe(200);
    expect((await arm.delete(id)).status).toBe(200);
    expect((await arm.get(id)).status).toBe(404);
  });

  const refusals: [string, () => Json, number, RegExp][] = [
    ["a category that the resource has not", () => to(logs("main"), "jobs", "cats"), 400, /Category 'cats' is not/],
    ["no destination", () => ({ properties: { logs: [{ category: "jobs", enabled: true }] } }), 400, /data sink/],
    ["nothing switched on", () => ({ properties: { workspaceId: logs("main"), logs: [] } }), 400, /At least one log/],
    ["a workspace that is not there", () => to(logs("absent"), "jobs"), 400, /workspaces\/absent .* was not found/],
    ["metrics", () => ({ properties: { metrics: [{ category: "AllMetrics", enabled: true }] } }), 501, /metrics/],
    [
      "categories together with a group of them",
      () => ({
        properties: {
          logs: [
            { category: "jobs", enabled: true },
            { categoryGroup: "audit", enabled: true },
          ],
        },
      }),
      400,
      /mix of log category and log category group/,
    ],
  ];
  it.each(refusals)("is refused: %s", async (_what, body, status, message) => {
    const answer = await arm.put(`${settingsOf(databricks)}/refused`, body());
    expect(answer).toMatchObject({ status, body: { error: { message: expect.stringMatching(message) } } });
  });

  it("is refused when another sends the same category to the same place", async () => {
    const first = `${settingsOf(securityGroup)}/first`;
    await arm.put(first, to(logs("main"), "NetworkSecurityGroupEvent"));
    const second = `${settingsOf(securityGroup)}/second`;
    const clash = await arm.put(second, to(logs("main"), "NetworkSecurityGroupEvent"));
    expect(clash).toMatchObject({
      status: 409,
      body: {
        error: { code: "Conflict", message: expect.stringContaining("already used in diagnostic setting 'first'") },
      },
    });
    expect((await arm.put(second, to(logs("main"), "NetworkSecurityGroupRuleCounter"))).status).toBe(201);
    expect(
      (await arm.put(`${settingsOf(securityGroup)}/third`, to(logs("other"), "NetworkSecurityGroupEvent"))).status,
    ).toBe(201);
  });

  it("is refused on what sends no logs, and below nothing", async () => {
    const nat = `${provider("Network")}/natGateways/vnet-nat`;
    expect(await arm.put(`${settingsOf(nat)}/none`, to(logs("main"), "jobs"))).toMatchObject({
      status: 400,
      body: { error: { code: "ResourceTypeNotSupported" } },
    });
    expect((await arm.put(`${settingsOf(`${databricks}-absent`)}/none`, to(logs("main"), "jobs"))).status).toBe(404);
  });
});

describe("alerts", () => {
  const condition = { query: "DatabricksJobs", timeAggregation: "Count", operator: "GreaterThan", threshold: 0 };
  const body = (properties: Json = {}): Json => ({
    location,
    properties: {
      ...{ scopes: [logs("main")], severity: 1, evaluationFrequency: "PT5M", windowSize: "PT15M" },
      ...{ skipQueryValidation: true, criteria: { allOf: [condition] }, actions: { actionGroups: [actionGroup] } },
      ...properties,
    },
  });

  beforeAll(async () => {
    await arm.create(actionGroup, {
      location: "Global",
      properties: { groupShortName: "operators", emailReceivers: [{ name: "a", emailAddress: "a@example.com" }] },
    });
  });

  it("tell an action group, whose receivers are enabled", async () => {
    expect((await arm.get(actionGroup)).body).toMatchObject({
      location: "global",
      properties: { enabled: true, emailReceivers: [{ emailAddress: "a@example.com", status: "Enabled" }] },
    });
    expect(await arm.put(rule("failures"), body())).toMatchObject({
      status: 201,
      body: {
        properties: {
          ...{ enabled: true, autoMitigate: true, createdWithApiVersion: "2025-01-01-preview" },
          criteria: { allOf: [{ ...condition, failingPeriods: { numberOfEvaluationPeriods: 1 } }] },
        },
      },
    });
  });

  it.each<[string, Json, number]>([
    ["a severity that there is not", { severity: 5 }, 400],
    ["a window that there is not", { windowSize: "PT7M" }, 400],
    ["no condition", { criteria: { allOf: [] } }, 400],
    ["an action group that is not there", { actions: { actionGroups: [`${actionGroup}-absent`] } }, 400],
    ["a workspace that is not there", { scopes: [`${actionGroup}-absent`] }, 400],
    ["a query to be validated", { skipQueryValidation: false }, 501],
  ])("are refused: %s", async (_what, properties, status) => {
    expect((await arm.put(rule("refused"), body(properties))).status).toBe(status);
  });

  it.each<[string, Json]>([
    ["an action group in a region", { location, properties: { groupShortName: "a" } }],
    ["a short name that is long", { location: "Global", properties: { groupShortName: "thirteen-long" } }],
    [
      "two receivers of one name",
      {
        location: "Global",
        properties: {
          groupShortName: "a",
          emailReceivers: ["A", "a"].map((name) => ({ name, emailAddress: "a@example.com" })),
        },
      },
    ],
  ])("are refused: %s", async (_what, given) => {
    expect((await arm.put(`${actionGroup}-refused`, given)).status).toBe(400);
  });
});
