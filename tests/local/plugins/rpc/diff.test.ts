import { describe, expect, it } from "vitest";
import { compare } from "../../../../local/plugins/rpc/diff";
import { covers, formatPath, parsePath } from "../../../../local/plugins/rpc/paths";
import { refreshedInputs } from "../../../../local/plugins/rpc/refresh";
import { type Props, UNKNOWN } from "../../../../local/plugins/rpc/values";

const changes = (before: Props, after: Props, options?: Parameters<typeof compare>[2]): string[] =>
  compare(before, after, options).map(
    ({ path, kind, replace }) => `${kind} ${formatPath(path)}${replace ? " replaces" : ""}`,
  );

describe("property paths", () => {
  it.each([
    ["a.b[0].c", ["a", "b", 0, "c"]],
    ['sparkConf["spark.app.id"]', ["sparkConf", "spark.app.id"]],
    ['["a.b"]', ["a.b"]],
    ["tags.x-y", ["tags", "x-y"]],
  ])("%s is read and written alike", (text, path) => {
    expect(parsePath(text)).toEqual(path);
    expect(formatPath(path)).toBe(text);
  });

  it("may hold wildcards in patterns", () => {
    expect(covers(parsePath("roles[*].size"), ["roles", 3, "size", "name"])).toBe(true);
    expect(covers(parsePath("tags.*"), ["tags", "a"])).toBe(true);
    expect(covers(parsePath("roles[*].size"), ["roles", 3])).toBe(false);
    expect(covers(parsePath("roles[1]"), ["roles", 2])).toBe(false);
  });

  it("are refused when they are none", () => {
    expect(() => parsePath("a..[b")).toThrow('"a..[b" is not a property path');
  });
});

describe("differences", () => {
  it("are found at the leaf", () => {
    expect(changes({ a: { b: [{ c: 1 }, 2] } }, { a: { b: [{ c: 3 }, 2] } })).toEqual(["update a.b[0].c"]);
  });

  it("are additions and deletions of keys and list items", () => {
    expect(changes({ a: 1, l: [1, 2] }, { b: 1, l: [1] })).toEqual(["delete a", "delete l[1]", "add b"]);
  });

  it("include values that are not known yet", () => {
    expect(changes({ a: 1 }, { a: UNKNOWN })).toEqual(["update a"]);
  });

  it("do not include the engine's own keys", () => {
    expect(changes({ __defaults: [] }, { __defaults: ["a"] })).toEqual([]);
  });

  it("replace when they are at, below or above a property that cannot change", () => {
    const options = { replaceOn: ["location", "sku.name", "disks[*].size"] };
    expect(changes({ location: "a" }, { location: "b" }, options)).toEqual(["update location replaces"]);
    expect(changes({}, { sku: { name: "s" } }, options)).toEqual(["add sku replaces"]);
    expect(changes({ sku: { tier: "a" } }, { sku: { tier: "b" } }, options)).toEqual(["update sku.tier"]);
    expect(changes({ disks: [{ size: 1 }] }, { disks: [{ size: 2 }] }, options)).toEqual([
      "update disks[0].size replaces",
    ]);
  });

  it("are ignored where the program says so", () => {
    const before = { tags: { a: "1" }, roles: [{ count: 1, name: "w" }] };
    const after = { tags: { a: "2" }, roles: [{ count: 2, name: "x" }] };
    expect(changes(before, after, { ignore: ["tags", "roles[*].count"] })).toEqual(["update roles[0].name"]);
  });

  it("are none when the service takes two values for the same", () => {
    const same = (): boolean => true;
    expect(changes({ location: "West Europe" }, { location: "westeurope" }, { same })).toEqual([]);
  });
});

describe("inputs after a refresh", () => {
  it("stay as they are when the service reports what it did before, defaults included", () => {
    const inputs = { name: "x", rules: [{ port: 22 }] };
    const reported = { name: "x", rules: [{ port: 22, direction: "in" }], tier: "Standard" };
    expect(refreshedInputs(inputs, reported, structuredClone(reported))).toEqual(inputs);
  });

  it("take over what has changed, in place", () => {
    const inputs = { tags: { a: "1" }, rules: [{ port: 22 }] };
    const before = { tags: { a: "1" }, rules: [{ port: 22, direction: "in" }] };
    const now = { tags: { a: "2" }, rules: [{ port: 23, direction: "in" }] };
    expect(refreshedInputs(inputs, before, now)).toEqual({ tags: { a: "2" }, rules: [{ port: 23 }] });
  });

  it("take over a default that is one no longer, and what is new", () => {
    expect(refreshedInputs({ a: 1 }, { a: 1, tier: "S" }, { a: 1, tier: "P", extra: true })).toEqual({
      a: 1,
      tier: "P",
      extra: true,
    });
  });

  it("lose what the service no longer has", () => {
    expect(
      refreshedInputs({ a: 1, tags: { x: "1", y: "2" } }, { a: 1, tags: { x: "1", y: "2" } }, { tags: { x: "1" } }),
    ).toEqual({
      tags: { x: "1" },
    });
  });

  it("keep what the service never reports, such as passwords", () => {
    const inputs = { properties: { password: "p", size: 1 } };
    expect(refreshedInputs(inputs, { properties: { size: 1 } }, { properties: { size: 2 } })).toEqual({
      properties: { password: "p", size: 2 },
    });
  });

  it("follow lists that grow and shrink", () => {
    expect(refreshedInputs({ l: ["a"] }, { l: ["a"] }, { l: ["a", "b"] })).toEqual({ l: ["a", "b"] });
    expect(refreshedInputs({ l: ["a", "b"] }, { l: ["a", "b"] }, { l: ["a"] })).toEqual({ l: ["a"] });
  });
});
