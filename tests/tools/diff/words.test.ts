import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import { drift, wording } from "../../../tools/diff/drifted";
import type { ResourceChange } from "../../../tools/diff/model";
import { withOrigin } from "../../../tools/diff/policies";
import { refusalOf } from "../../../tools/diff/refusal";
import { renames } from "../../../tools/diff/renames";
import { renderers } from "../../../tools/diff/render";
import { difference } from "../../../tools/diff/render/differences";
import { toMarkdown } from "../../../tools/diff/render/markdown";
import { toTerminal } from "../../../tools/diff/render/terminal";
import { propertyChanges, resourceChanges } from "../../../tools/diff/resources";
import { nothing, removed } from "../../../tools/diff/stackReport";
import { withTopics } from "../../../tools/diff/topicEffects";
import { labelOf } from "../../../tools/diff/values";
import { change, reportOf, stackReport } from "./models";

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

describe("a component that is renamed", () => {
  const urn = (path: string, name: string) =>
    `urn:pulumi:dev::streaming::streaming:kafka:KafkaCluster$${path}::${name}`;
  const all = (operation: "create" | "delete", component: string, ...types: string[]) =>
    types.map((type) =>
      change({ operation, components: [component], urn: urn(type, `${component}-x`), grade: "disruptive" }),
    );

  it("is told by what is in it, and how it keeps that", () => {
    const changes = [...all("delete", "kafka", "a:b:C", "d:e:F"), ...all("create", "events", "d:e:F", "a:b:C")];
    expect(renames(changes)).toEqual([{ before: "kafka", after: "events" }]);
    const stack = stackReport({ grade: "disruptive", changes, renames: renames(changes) });
    for (const text of [toMarkdown(reportOf(stack)), toTerminal(reportOf(stack))]) {
      expect(text).toMatch(/`?aliases: \[\{ name: "kafka" \}\]`?: then it keeps what it has\./);
    }
  });

  it.each([
    ["with other things in it", [...all("delete", "kafka", "a:b:C"), ...all("create", "events", "d:e:F")]],
    ["that is only deleted", all("delete", "kafka", "a:b:C")],
    ["of the same name", [...all("delete", "kafka", "a:b:C"), ...all("create", "kafka", "a:b:C")]],
    [
      "like two others",
      [...all("delete", "kafka", "a:b:C"), ...all("create", "events", "a:b:C"), ...all("create", "more", "a:b:C")],
    ],
  ])("is none %s", (_, changes) => {
    expect(renames(changes)).toEqual([]);
  });
});

describe("a refusal", () => {
  it("is told without the command line of the script that said it", () => {
    const said = 'exit status 1: running "node apply.js \\"a\\"":\nThe cluster has 3 workers.';
    expect(refusalOf(said, ["urn:pulumi:dev::p::t::kafka-live-apply"])).toEqual({
      message: "The cluster has 3 workers.",
      resources: ["kafka-live-apply"],
    });
    expect(refusalOf('exit status 3: running "x":\n', []).message).toBe('exit status 3: running "x":');
  });

  const cluster = { name: "kafka-cluster", operation: "replace", grade: "destructive", cost: "All is lost." } as const;
  it("makes of what happens what was planned, and says what is known to be done", () => {
    const refused = change({ name: "kafka-live-apply", isRefused: true });
    const refusal = { message: "No.", resources: ["kafka-live-apply"] };
    const stack = stackReport({ grade: "destructive", changes: [change(cluster), refused], refusal });
    const text = toMarkdown({ ...reportOf(stack), grade: "destructive" });
    expect(text).toContain("What is planned loses data, and `pulumi up` stops half-way.");
    expect(text).toContain(
      "refuse `kafka-live-apply`:\n\n```\nNo.\n```\n\nWhat follows is what the engine planned. What it had done",
    );
    expect(text).toContain("would be replaced. All is lost.");
    expect(text).toContain("would be changed, which is refused");
    expect(text).not.toMatch(/is replaced|is changed/);
  });

  const urn = "urn:pulumi:dev::p::streaming:kafka:KafkaTopics$command:remote:Command::topics-script";
  const script = change({ urn, name: "topics-script", type: "command:remote:Command" });
  const tweets = { name: "tweets", partitions: 4, replicationFactor: 3, config: {} };
  const audit = { ...tweets, name: "audit" };
  const marked = [
    { ...tweets, partitions: 2 },
    { ...audit, deleted: true },
  ];

  it("of topics is one of their script, and nothing that depends on it happens", () => {
    const job = change({ name: "consumer-job", grade: "disruptive", cost: "Its stream is started anew." });
    const found = withTopics([script, job], [tweets, audit], marked);
    expect(found.refusal).toMatchObject({ resources: ["topics-script"] });
    const text = toMarkdown({ ...reportOf(stackReport({ grade: "destructive", ...found })), grade: "destructive" });
    expect(text).toContain("What is planned loses data, and `pulumi up` stops half-way.");
    expect(text).toContain("topic tweets has 4 partitions and 2 are wanted");
    expect(text).toContain("topic `audit` would be deleted, where it exists.");
    expect(text).toContain("`topics-script` (command:remote:Command) would be changed, which is refused");
    expect(text).not.toMatch(/is (?:changed|deleted)/);
  });

  it("of topics alone deletes none of them", () => {
    const stack = stackReport({ grade: "destructive", ...withTopics([script], [tweets, audit], marked) });
    const text = toMarkdown({ ...reportOf(stack), grade: "destructive" });
    expect(text).toContain("Data would be lost, but `pulumi up` refuses it.");
    expect(text).toContain("`pulumi up` stops before anything is changed.");
  });

  it("of topics is told beside that of the services, and is none on another cluster", () => {
    const both = withTopics([script], [tweets], marked.slice(0, 1), { message: "No.", resources: ["vnet"] });
    expect(both.refusal).toEqual({
      message: expect.stringMatching(/^No\.\nNothing was changed, because these topics/),
      resources: ["topics-script", "vnet"],
    });
    const replaced = change({ ...cluster, type: "azure-native:hdinsight:Cluster" });
    const anew = withTopics([replaced, script], [tweets, audit], marked);
    expect(anew).not.toHaveProperty("refusal");
    expect(anew.topics.map(({ what }) => what)).toEqual([
      "gets 2 partitions instead of 4",
      "is deleted, where it exists",
    ]);
  });

  it("of all that there is changes nothing", () => {
    const changes = [change({ isRefused: true, name: "vnet" })];
    const stack = stackReport({ changes, refusal: { message: "No.", resources: ["vnet"] } });
    expect(toMarkdown(reportOf(stack))).toContain("`pulumi up` stops before anything is changed.");
  });

  const planned = { changes: [change(), change({ operation: "create" as const })], protection: [] };
  const outputs = [
    { name: "topics", kind: "changed", before: [4], after: [2], grade: "low" },
    { name: "old", kind: "removed", before: "a", grade: "disruptive", cost: "Stacks that read it fail." },
    { name: "new", kind: "added", after: "b", grade: "low" },
  ] as const;
  const mandatory = { policy: "tags", level: "mandatory", message: "has no tags" } as const;
  const protection = { isOn: false, resources: ["streaming"], grade: "low" as const, cost: "Then it is open." };
  it.each([
    ["a refusal", { refusal: { message: "No.", resources: ["vnet"] } }],
    ["protection", { guarded: ["kafka-cluster"] }],
    ["policies", { policies: [mandatory] }],
  ])("by %s makes counts, resources and outputs of every form what is planned", (_, stop) => {
    const stack = stackReport({ ...planned, outputs: [...outputs], protection: [protection], ...stop });
    const [comment, terminal] = [toMarkdown(reportOf(stack)), toTerminal(reportOf(stack))];
    expect(comment).toContain("| `dev` | 🟢 low | 1 would be changed, 1 created, 3 as they are |");
    for (const text of [comment, terminal]) {
      const bare = stripVTControlCharacters(text).replaceAll("`", "");
      for (const line of [
        "1 would be changed, 1 created, 3 as they are",
        "topics: [4] (would be [2])",
        "old: a (would be removed)",
        "new: b (would be new)",
        "streaming would no longer be protected. Then it is open.",
        "would be created",
      ]) {
        expect(bare).toContain(line);
      }
      expect(bare).not.toMatch(/(?:is|are) (?:changed|created|not protected)|→ \[2|\(new\)|\(removed\)/);
    }
    expect(JSON.parse(renderers.json(reportOf(stack)))).toMatchObject({ stacks: [{ isOnlyPlanned: true }] });
    expect(renderers.json(reportOf(stackReport({ ...planned })))).not.toContain("isOnlyPlanned");
  });

  it("by policies or protection lets nothing happen to topics either", () => {
    const { topics } = withTopics([], [tweets], [{ ...tweets, partitions: 8 }], undefined, true);
    expect(topics).toMatchObject([{ what: "would get 8 partitions instead of 4" }]);
  });

  it("by protection loses nothing yet", () => {
    const stack = stackReport({ grade: "destructive", changes: [change(cluster)], guarded: ["kafka-cluster"] });
    expect(toMarkdown({ ...reportOf(stack), grade: "destructive" })).toContain(
      "Data would be lost, but `pulumi up` refuses it.",
    );
    const open = stackReport({ stack: "dev", grade: "destructive", changes: [change(cluster)] });
    expect(toMarkdown({ ...reportOf(stack, open), grade: "destructive" })).toContain("Data is lost.");
  });
});

describe("policies", () => {
  const finding = { policy: "tags", level: "mandatory", resource: "vnet", message: "has no tags" } as const;
  const idle = { ...finding, policy: "auto-termination" };
  it("that refuse a version are named first, apart from what the base version breaks, too", () => {
    const policies = withOrigin([finding, idle], [finding]);
    expect(policies.map(({ isOld }) => isOld)).toEqual([true, false]);
    const text = toMarkdown({ ...reportOf(stackReport({ grade: "disruptive", policies })), grade: "disruptive" });
    expect(text).toContain(
      "`pulumi up` with the policies refuses this, and changes nothing: it breaks `auto-termination`.",
    );
    expect(text).toMatch(/^- policy `auto-termination` \(mandatory\) on `vnet`: `has no tags`$/m);
    expect(text).toMatch(/Policies that the base version breaks, too \(1\)<\/summary>\n\n- policy `tags`/);
    expect(text).not.toContain("Nothing stops");
  });

  it("that only the base version breaks are not this version's doing", () => {
    const text = toMarkdown(reportOf(stackReport({ policies: withOrigin([finding], [finding]) })));
    expect(text).toContain("changes nothing: as the base version does, it breaks `tags`.");
    expect(withOrigin([finding])).toEqual([finding]);
  });
});

describe("a stack without a file", () => {
  it("is disruptive, since nothing of it goes by that", () => {
    const stack = removed(nothing("dev"));
    expect(stack.grade).toBe("disruptive");
    const report = { ...reportOf(stack), grade: stack.grade };
    for (const text of [toMarkdown(report), toTerminal(report)]) {
      expect(text).toMatch(/`?Pulumi\.dev\.yaml`? is gone, .* Nothing is deleted by that/);
      expect(text).toMatch(/disruptive/);
      expect(text).not.toContain("cannot be");
    }
  });
});

describe("a stack that cannot be told", () => {
  it("shows the keys that differ all the same, in either form: the wrong one is among them", () => {
    const configuration = [
      { key: "streaming:kafkaWorkers", kind: "changed" as const, before: "3", after: "0", isDefault: false },
    ];
    const failure = { version: "head" as const, message: "`streaming:kafkaWorkers`: got 0" };
    for (const stack of [stackReport({ failure, configuration }), stackReport({ isRemoved: true, configuration })]) {
      expect(toTerminal(reportOf(stack))).toContain("streaming:kafkaWorkers: 3 → 0");
      expect(toMarkdown(reportOf(stack))).toContain("`streaming:kafkaWorkers`: `3` → `0`");
    }
  });
});

describe("who gets in", () => {
  const type = "azure-native:network:NetworkSecurityGroup";
  const rule = {
    path: "securityRules[2]",
    kind: "removed",
    before: { name: "by-hand", port: 22 },
    replaces: false,
  } as const;
  const group = change({ name: "nsg", type, properties: [{ ...rule, opens: true }] });
  it("is seen, though nothing stops", () => {
    const text = toMarkdown(reportOf(stackReport({ changes: [group] })));
    expect(text).toMatch(
      /^- 🔓 `nsg` \(`azure.*Group`\) changes who may reach it, or read what is in it\. `securityRules\[2\]`: .*by-hand.* \(removed\)\.$/m,
    );
    const drifted = toMarkdown(reportOf(stackReport({ changes: [group], isDrift: true })));
    expect(drifted).toMatch(/^- 🔓 `nsg` .* differs in who may reach it.*by-hand.* is not in the code\.$/m);
  });

  it.each([
    ["azure-native:storage:StorageAccount", "minimumTlsVersion", true],
    ["azure-native:storage:StorageAccount", "tags.team", undefined],
    ["azure-native:databricks:Workspace", "publicNetworkAccess", true],
    ["databricks:index/permissions:Permissions", "accessControls[0].permissionLevel", true],
    [type, "tags.team", undefined],
  ])("is decided by properties of %s such as %s: %s", (of, path, opens) => {
    const state = { type: of, urn: "u::x", custom: true, inputs: {} };
    const detailedDiff = { [path]: { kind: "update" as const, inputDiff: true } };
    const [found] = resourceChanges([{ op: "update", urn: "u::x", oldState: state, newState: state, detailedDiff }]);
    expect(found?.properties[0]?.opens).toBe(opens);
  });
});

describe("what stops nothing", () => {
  it("is in sight where there is more to say of it than that it happens", () => {
    const changes = [change({ name: "live", cost: "New brokers hold no partitions." }), change({ name: "vnet" })];
    const text = toMarkdown(reportOf(stackReport({ changes })));
    expect(text.match(/^- 🟢 .*$/gm)).toEqual([
      "- 🟢 **`live`** (`azure-native:network:NatGateway`) is changed. New brokers hold no partitions.",
    ]);
  });

  it("is in sight where it gives somebody access", () => {
    const role = change({ name: "role", operation: "create", type: "azure-native:authorization:RoleAssignment" });
    expect(toMarkdown(reportOf(stackReport({ changes: [role] })))).toContain(
      "- 🔓 `role` (`azure-native:authorization:RoleAssignment`) is created; it gives somebody access.",
    );
  });
});

describe("what is in something else", () => {
  const anew = (type: string, name: string, ...reasons: [path: string, before: string, after: string][]) => ({
    op: "create-replacement" as const,
    urn: `u::${name}`,
    oldState: { type, urn: `u::${name}`, custom: true, inputs: Object.fromEntries(reasons) },
    newState: {
      type,
      urn: `u::${name}`,
      custom: true,
      inputs: Object.fromEntries(reasons.map(([path, , after]) => [path, after])),
    },
    replaceReasons: reasons.map(([path]) => path),
  });
  const later = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
  const inGroup = ["resourceGroupName", "rg", later] as const;
  const region = ["location", "westeurope", "northeurope"] as const;
  const told = (...steps: ReturnType<typeof anew>[]) => {
    const text = toMarkdown(reportOf(stackReport({ grade: "destructive", changes: resourceChanges(steps) })));
    return [...text.matchAll(/^- \S+ \*\*`([\w-]+)`\*\* \(`.*?`\) is replaced ?(.*?)\. /gm)].map(
      ([, ...found]) => found,
    );
  };

  it("is replaced together with its workspace", () => {
    expect(
      told(
        anew("azure-native:databricks:Workspace", "databricks-workspace", ["computeMode", "a", "b"]),
        anew("databricks:index/job:Job", "consumer-job", ["replaceWith", "a", later]),
      ),
    ).toEqual([
      ["databricks-workspace", "because of `computeMode`: `a` → `b`"],
      ["consumer-job", "together with `databricks-workspace`, which it is in"],
    ]);
  });

  it("is replaced together with its group, for what somebody changed of that, which is told first", () => {
    const why = "because of `location`: `westeurope` → `northeurope`";
    const size = ["size", "E4", "E8"] as const;
    expect(
      told(
        anew("azure-native:hdinsight:Cluster", "kafka-cluster", [...inGroup]),
        anew("azure-native:network:NatGateway", "nat", [...inGroup], [...size]),
        anew("azure-native:resources:ResourceGroup", "streaming", [...region]),
      ),
    ).toEqual([
      ["streaming", why],
      ["kafka-cluster", `together with \`streaming\`, which it is in, ${why}`],
      ["nat", "because of `resourceGroupName`: `rg` → `[known after up]`; `size`: `E4` → `E8`"],
    ]);
  });
});

describe("drift", () => {
  it("is told as what differs, and not as what a pull request does", () => {
    const changes = [change({ name: "job", grade: "disruptive", cost: "Its stream is started anew." })];
    const stack = stackReport({ grade: "disruptive", changes, isDrift: true });
    const report = { ...reportOf(stack), ...wording, grade: "disruptive" } as const;
    for (const text of [toMarkdown(report), toTerminal(report)]) {
      expect(text).toContain("differs; `pulumi up --refresh` would change it back");
      expect(text).toContain("1 that differ");
      expect(text).toMatch(/something does not work, or stops for a while when `pulumi up --refresh` undoes it/i);
      expect(text).not.toContain("is changed");
    }
  });

  it.each([
    ["azure-native:authorization:RoleAssignment", "disruptive", /cannot do what it allows/],
    ["databricks:Secret", "disruptive", /A job that asks for it fails/],
    ["databricks:Permissions", "disruptive", /Nobody has access but the owner and admins/],
    ["databricks:Notebook", "disruptive", /Its job fails when it starts the next time/],
    ["azure-native:storage:StorageAccount", "destructive", /file system is lost/],
  ])("of a %s that is gone is %s", (type, grade, cost) => {
    const created: ResourceChange = change({ urn: "u", type, operation: "create" });
    expect(drift([created], new Map([["u", "gone"]])).changes).toMatchObject([
      { isGone: true, grade, cost: expect.stringMatching(cost) },
    ]);
  });
});
