import { describe, expect, it } from "vitest";
import { drift, wording } from "../../../tools/diff/drifted";
import type { ResourceChange } from "../../../tools/diff/model";
import { renames } from "../../../tools/diff/renames";
import { toMarkdown } from "../../../tools/diff/render/markdown";
import { toTerminal } from "../../../tools/diff/render/terminal";
import { resourceChanges } from "../../../tools/diff/resources";
import { nothing, removed } from "../../../tools/diff/stackReport";
import { change, reportOf, stackReport } from "./models";

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
