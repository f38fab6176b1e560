import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { managedGroupId, storageAccountName, subscriptionOf } from "../../components/naming";

describe("a storage account's name", () => {
  it("is one that Azure takes, whatever it is made of", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (base, seed) => {
        expect(storageAccountName(base, seed)).toMatch(/^[a-z0-9]{3,24}$/);
      }),
    );
  });

  it("is the same for the same place and differs for another", () => {
    expect(storageAccountName("my-kafka", "a")).toBe(storageAccountName("my-kafka", "a"));
    expect(storageAccountName("my-kafka", "a")).not.toBe(storageAccountName("my-kafka", "b"));
  });
});

describe("the subscription of an ARM id", () => {
  it("is its first part", () => {
    expect(subscriptionOf("/subscriptions/1-2/resourceGroups/rg")).toBe("/subscriptions/1-2");
  });

  it("is refused for anything else, with what it got", () => {
    expect(() => subscriptionOf("rg")).toThrow("`rg` is not an Azure resource id");
  });
});

describe("the resource group that Databricks makes", () => {
  const group = (name: string) => `/subscriptions/1-2/resourceGroups/${name}`;

  it("is in the subscription of the workspace, with a name that says whose it is", () => {
    expect(managedGroupId(group("rg"), "streams")).toMatch(
      /^\/subscriptions\/1-2\/resourceGroups\/databricks-rg-streams-[0-9a-f]{8}$/,
    );
  });

  it("is another one for a workspace of the same name in another group, and the same whatever the group's case", () => {
    expect(managedGroupId(group("theirs"), "streams")).not.toBe(managedGroupId(group("ours"), "streams"));
    expect(managedGroupId(group("Ours"), "streams").slice(-8)).toBe(managedGroupId(group("ours"), "streams").slice(-8));
  });

  it("has a name that is short enough for Azure, as long as the workspace's is", () => {
    expect(managedGroupId(group("rg"), "w".repeat(64)).split("/")[4].length).toBeLessThanOrEqual(90);
  });
});
