import { describe, expect, it } from "vitest";
import { difference } from "../../../tools/diff/render/differences";
import { propertyChanges } from "../../../tools/diff/resources";
import { labelOf } from "../../../tools/diff/values";

const code = (text: string) => `\`${text}\``;

describe("a difference", () => {
  const changed = (before: unknown, after: unknown) => difference({ kind: "changed", before, after }, code);
  const topics = [
    { name: "tweets", partitions: 4, config: { "retention.ms": "1000" } },
    { name: "audit", partitions: 6, config: {} },
  ];
  it("of a list or an object is told by the parts that differ", () => {
    const [tweets, audit] = topics;
    expect(changed(topics, [tweets, { ...audit, partitions: 8 }])).toBe("`[1].partitions` `6` → `8`");
    expect(changed(topics, [{ ...tweets, config: { "retention.ms": "5" } }, audit])).toBe(
      '`[0].config["retention.ms"]` `1000` → `5`',
    );
    expect(changed(topics, [tweets])).toBe('`{"name":"audit","partitions":6,"config":{}}` (removed)');
    expect(changed(["a:9092"], ["a:9092", "b:9092"])).toBe("`b:9092` (new)");
  });

  it("of a whole that has little in common is told as that whole", () => {
    expect(changed({ id: "a" }, { id: "b" })).toBe('`{"id":"a"}` → `{"id":"b"}`');
    expect(changed(["a", "b", "c"], ["c"])).toBe("`a` (removed), `b` (removed)");
    expect(changed("a", "[known after up]")).toBe("`a` → `[known after up]`");
  });

  it("of texts of several lines is told by how many differ", () => {
    expect(changed("a\nb\nc\n", "a\nB\nc\nd\n")).toBe("2 lines added, 1 removed");
    expect(changed("a\nb\n", "[known after up]")).toBe("`(several lines)` → `[known after up]`");
  });

  it("of a rule of a network is told as people say it", () => {
    const rule = { name: "by-hand", access: "Allow", direction: "Inbound", protocol: "Tcp", priority: 900 };
    const open = { ...rule, sourceAddressPrefix: "*", destinationAddressPrefix: "*", destinationPortRange: "22" };
    const removed = (before: unknown) => difference({ kind: "removed", before }, code);
    expect(removed(open)).toBe("`by-hand: Allow Inbound Tcp from * to port 22, priority 900` (removed)");
    const lists = {
      sourceAddressPrefixes: ["a", "b"],
      destinationAddressPrefix: "c",
      destinationPortRanges: ["22", "443"],
    };
    expect(removed({ ...rule, ...lists })).toBe(
      "`by-hand: Allow Inbound Tcp from a, b to c port 22, 443, priority 900` (removed)",
    );
  });

  it("from the code is told from the side of what is there", () => {
    const found = (kind: "added" | "removed" | "changed", before?: unknown, after?: unknown) =>
      difference({ kind, before, after }, code, "drift");
    expect(found("changed", "finance", "data")).toBe("`finance`, in the code `data`");
    expect(found("removed", "42")).toBe("`42` is not in the code");
    expect(found("added", undefined, "team@example.com")).toBe("`team@example.com` is missing");
  });
});

describe("a part of a list", () => {
  const rules = (...names: string[]) => ({ rules: names.map((name) => ({ name, port: 22 })) });
  it.each([
    ["by its name", rules("ssh", "kafka"), rules("ssh", "kafka"), "rules[kafka].port"],
    ["by its name where only one side has it", rules("ssh"), rules("ssh", "kafka"), "rules[kafka].port"],
    ["by its place where another one was there", rules("ssh", "ambari"), rules("ssh", "kafka"), "rules[1].port"],
    ["by its place where it has no name", { rules: [1, 2] }, { rules: [1, 3] }, "rules[1].port"],
  ])("is called %s", (_, before, after, label) => {
    expect(labelOf("rules[1].port", before, after)).toBe(label);
  });
});

describe("rules of a network", () => {
  const type = "azure-native:network:NetworkSecurityGroup";
  const rule = (name: string, port = 22) => ({ name, port, prefixes: ["10.0.0.0/16"] });
  const step = (before: object[], after: unknown, ...paths: string[]) => ({
    op: "update" as const,
    urn: "u",
    oldState: { type, urn: "u", inputs: { securityRules: before } },
    newState: { type, urn: "u", inputs: { securityRules: after } },
    detailedDiff: Object.fromEntries(
      paths.map((path) => [`securityRules${path}`, { kind: "update" as const, inputDiff: true }]),
    ),
  });
  const told = (...args: Parameters<typeof step>) =>
    propertyChanges(step(...args)).map(({ label, path, kind, opens }) => `${label ?? path} ${kind} ${opens}`);
  const two = [rule("operators"), rule("kafka", 9092)];

  it("are told by their names where one is put in front, or taken away", () => {
    const places = ["[0].name", "[0].port", "[1].name", "[1].port", "[2]"];
    const [added, changed] = propertyChanges(
      step(two, [rule("first"), rule("operators"), rule("kafka", 9093)], ...places),
    );
    expect(added).toMatchObject({ label: "securityRules[first]", kind: "added", after: rule("first"), opens: true });
    expect(changed).toMatchObject({ label: "securityRules[kafka].port", before: 9092, after: 9093, opens: true });
    expect(told([rule("first"), ...two], two, ...places)).toEqual(["securityRules[first] removed true"]);
    expect(told(two, [{ ...rule("new"), port: "04da6b54-80e4-46f7-96ec-b56ff0331ba9" }, ...two], ...places)).toEqual([
      "securityRules[new] added true",
    ]);
  });

  it("in another order are told as that, and those that keep their places as the engine does", () => {
    expect(told(two, [...two].reverse(), "[0].name", "[0].port", "[1].name", "[1].port")).toEqual([
      "securityRules changed true",
    ]);
    expect(told(two, [rule("operators"), rule("kafka", 9093)], "[1].port")).toEqual([
      "securityRules[kafka].port changed true",
    ]);
    expect(told(two, [...two, rule("last")], "[2]")).toEqual(["securityRules[last] added true"]);
  });

  it("of which two have one name, or that are not known yet, are told by their places", () => {
    expect(told(two, [rule("kafka"), rule("kafka")], "[0].name")).toEqual(["securityRules[0].name changed true"]);
    expect(told(two, "04da6b54-80e4-46f7-96ec-b56ff0331ba9", "[0].name")).toHaveLength(1);
  });

  it("make the resource a new one where one of them does", () => {
    const { detailedDiff, ...rest } = step(two, [rule("first"), ...two], "[0].name");
    const replacing = { "securityRules[0].name": { kind: "update-replace" as const, inputDiff: true } };
    expect(propertyChanges({ ...rest, detailedDiff: replacing })).toMatchObject([
      { label: "securityRules[first]", replaces: true },
    ]);
  });
});

describe("libraries", () => {
  const maven = (...coordinates: string[]) => coordinates.map((each) => ({ maven: { coordinates: each } }));
  const step = (before: unknown, after: unknown, ...paths: string[]) => ({
    op: "update" as const,
    urn: "u",
    oldState: { type: "databricks:index/cluster:Cluster", urn: "u", inputs: { libraries: before } },
    newState: { type: "databricks:index/cluster:Cluster", urn: "u", inputs: { libraries: after } },
    detailedDiff: Object.fromEntries(paths.map((path) => [path, { kind: "update" as const, inputDiff: true }])),
  });
  it("are told by what they are, and not by their places in the list", () => {
    const before = maven("a:kafka_2.12:3.5.3", "b:twitter_2.12:2.4.0", "c:client:2.0.3");
    const after = maven("a:kafka_2.13:4.0.3", "c:client:2.0.3");
    const places = ["libraries[0].maven.coordinates", "libraries[1].maven.coordinates", "libraries[2]"];
    expect(propertyChanges(step(before, after, ...places))).toEqual([
      {
        path: "libraries[kafka]",
        kind: "changed",
        before: "a:kafka_2.12:3.5.3",
        after: "a:kafka_2.13:4.0.3",
        replaces: false,
      },
      { path: "libraries[twitter]", kind: "removed", before: "b:twitter_2.12:2.4.0", replaces: false },
    ]);
  });

  it("that come from elsewhere, or only change places, are told as the engine does", () => {
    const jar = [{ jar: "/a.jar" }];
    expect(propertyChanges(step(jar, [{ jar: "/b.jar" }], "libraries[0].jar"))).toMatchObject([
      { path: "libraries[0].jar" },
    ]);
    const [one, other] = [maven("a:a:1", "b:b:1"), maven("b:b:1", "a:a:1")];
    expect(propertyChanges(step(one, other, "libraries[0].maven.coordinates"))).toMatchObject([
      { path: "libraries[0].maven.coordinates" },
    ]);
  });
});
