import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { storageAccountName, subscriptionOf } from "../../components/naming";

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
