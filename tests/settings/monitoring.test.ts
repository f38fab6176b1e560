import { beforeAll, expect, it } from "vitest";
import { logWorkspace } from "../../settings/monitoring";
import { load, refusal, withoutEngine } from "./config";

beforeAll(withoutEngine);

const id =
  "/subscriptions/0f8fad5b-d9cb-469f-a165-70867728950e/resourceGroups/hub/providers/Microsoft.OperationalInsights/workspaces/hub-logs";

it("logs go nowhere, unless a stack says so", () => {
  expect(load().logs).toBeUndefined();
});

it("a workspace of the stack's own is named after it, and keeps logs for as long as it says", () => {
  const { logs } = load({ logAnalytics: "new", logRetentionDays: "90" });
  expect(logs).toEqual({ workspaceName: expect.stringMatching(/^streaming-[\w-]+-logs$/), retentionDays: 90 });
  expect(logWorkspace("new", "a_stack.of/ours", 30)).toEqual({
    workspaceName: "streaming-a-stack-of-ours-logs",
    retentionDays: 30,
  });
  expect(logWorkspace("new", "x".repeat(100), 30)).toEqual({
    workspaceName: expect.stringMatching(/^.{63}$/),
    retentionDays: 30,
  });
});

it("a workspace that is there is taken by its id", () => {
  expect(load({ logAnalytics: id }).logs).toEqual({ workspaceId: id });
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
