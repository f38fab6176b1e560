import { beforeAll, expect, it } from "vitest";
import { logSettings } from "../../settings/monitoring";
import { load, refusal, withoutEngine } from "./config";

beforeAll(withoutEngine);

const id =
  "/subscriptions/0f8fad5b-d9cb-469f-a165-70867728950e/resourceGroups/hub/providers/Microsoft.OperationalInsights/workspaces/hub-logs";

it("logs go nowhere, unless a stack says so", () => {
  expect(load().logs).toBeUndefined();
});

it("a workspace of the stack's own is named after it, and keeps logs for as long as it says", () => {
  const { logs } = load({ logAnalytics: "new", logRetentionDays: "90" });
  expect(logs).toEqual({
    workspace: { workspaceName: expect.stringMatching(/^streaming-[\w-]+-logs$/), retentionDays: 90 },
    kafka: false,
  });
  const named = (stack: string) =>
    logSettings({ logAnalytics: "new", logKafka: "true", logRetentionDays: 30 }, stack)?.workspace;
  expect(named("a_stack.of/ours")).toEqual({ workspaceName: "streaming-a-stack-of-ours-logs", retentionDays: 30 });
  expect(named("x".repeat(100))).toMatchObject({ workspaceName: expect.stringMatching(/^.{63}$/) });
});

it("a workspace that is there is taken by its id", () => {
  expect(load({ logAnalytics: id, logKafka: "true" }).logs).toEqual({ workspace: { workspaceId: id }, kafka: true });
});

it.each(["yes", "hub-logs", id.replace("OperationalInsights", "Databricks"), `${id}/tables/x`])(
  "anything else is refused: %s",
  (logAnalytics) => {
    expect(refusal({ logAnalytics })).toContain("`streaming:logAnalytics`: got");
    expect(refusal({ logAnalytics })).toContain("needs none, new, or the resource id of a Log Analytics workspace");
  },
);

it.each(["29", "731", "a month"])("days that Azure does not keep logs for are refused: %s", (logRetentionDays) => {
  expect(refusal({ logRetentionDays })).toContain("needs a whole number of days from 30 to 730");
});

it("logs of Kafka without a workspace are refused, with the way to one", () => {
  const message = refusal({ logKafka: "true" });
  expect(message).toContain('`streaming:logAnalytics`: got "none", needs a workspace (new, or the resource id of one)');
  expect(message).toContain("pulumi config set streaming:logAnalytics new");
  expect(refusal({ logKafka: "true", logAnalytics: "new" })).toBe("");
});
