import { describe, expect, it } from "vitest";
import { accepted } from "../../../tools/diff/acceptance";
import { drift } from "../../../tools/diff/drifted";
import type { DiffReport, PropertyChange, ResourceChange, StackReport } from "../../../tools/diff/model";
import { withoutNoise } from "../../../tools/diff/noise";
import { toMarkdown } from "../../../tools/diff/render/markdown";
import { toTerminal } from "../../../tools/diff/render/terminal";
import { show } from "../../../tools/diff/render/words";
import { propertyChanges } from "../../../tools/diff/resources";
import { effectOf } from "../../../tools/diff/risk";
import { withoutSecrets } from "../../../tools/diff/secrets";
import { topicChanges } from "../../../tools/diff/topics";
import { at, unknown } from "../../../tools/diff/values";

const signature = "4dabf18193072939515e22adb298388d";
const secretOf = (value: unknown) => ({
  [signature]: "1b47061264138c4ac30d75fd1eb44270",
  plaintext: JSON.stringify(value),
});

function stackReport(more: Partial<StackReport> = {}): StackReport {
  const standIns = { encrypted: [], missing: [] };
  const lists = { changes: [], following: [], outputs: [], configuration: [], policies: [], topics: [], standIns };
  return { stack: "dev", grade: "low", unchanged: 3, ...lists, ...more };
}

function reportOf(...stacks: StackReport[]): DiffReport {
  return {
    subject: "What would be done",
    base: "main",
    head: "branch",
    grade: "low",
    stacks,
    notebooks: [],
    packages: [],
  };
}

function change(more: Partial<ResourceChange> = {}): ResourceChange {
  const where = { urn: "urn", name: "thing", type: "azure-native:network:NatGateway", components: ["kafka"] };
  return { operation: "update", properties: [], grade: "low", ...where, ...more };
}

describe("secrets", () => {
  it("open an object that is secret for one value's sake, and hide that value by its name", () => {
    const properties = secretOf({ size: "Standard_E4ads_v5", gateway: { "restAuthCredential.password": "Sesame!" } });
    expect(withoutSecrets({ properties }, [])).toEqual({
      properties: { size: "Standard_E4ads_v5", gateway: { "restAuthCredential.password": "[secret]" } },
    });
  });

  it("hide a value wherever it turns up again, also within other texts", () => {
    const steps = {
      token: secretOf("canary-1234"),
      url: "https://x/?key=canary-1234",
      note: "canary-1234",
      other: "plain",
    };
    expect(withoutSecrets(steps, [])).toEqual({ token: "[secret]", url: "[secret]", note: "[secret]", other: "plain" });
    expect(withoutSecrets({ a: "made-up-value" }, ["made-up-value"])).toEqual({ a: "[secret]" });
  });

  it("hide what the engine itself did not open", () => {
    const closed = { [signature]: "1b47061264138c4ac30d75fd1eb44270", ciphertext: "v1:abc" };
    expect(withoutSecrets({ closed }, [])).toEqual({ closed: "[secret]" });
    expect(at(withoutSecrets({ closed }, []), "closed.inner[0].deep")).toBe("[secret]");
  });
});

describe("acceptance", () => {
  const bad = { stack: "prod", grade: "destructive" } as const;
  it.each([
    ["nothing", {}, false],
    ["a label for it", { PULL_REQUEST_LABELS: '["bug","accept-destructive"]' }, true],
    ["a label for less", { PULL_REQUEST_LABELS: '["accept-disruptive"]' }, false],
    [
      "a line that names the stack",
      { PULL_REQUEST_BODY: "Moves to new disks.\n\nAccept destructive: dev, `prod`" },
      true,
    ],
    ["a line that names another", { PULL_REQUEST_BODY: "Accept destructive: dev" }, false],
    ["a word in a sentence", { PULL_REQUEST_BODY: "Please accept destructive: prod changes never" }, false],
    ["a line that nobody sees", { PULL_REQUEST_BODY: "Text <!--\nAccept destructive: prod\n-->" }, false],
    ["a stack whose name only begins so", { PULL_REQUEST_BODY: "Accept destructive: prod2" }, false],
  ])("of a destructive change by %s: %o", (_, env, expected) => {
    expect(accepted(bad, env as Record<string, string>)).toBe(expected);
  });
});

describe("topics", () => {
  const tweets = { name: "tweets", partitions: 4, replicationFactor: 3, config: { "retention.ms": "1000" } };
  it.each([
    ["more partitions", { ...tweets, partitions: 8 }, "low"],
    ["fewer partitions", { ...tweets, partitions: 2 }, "disruptive"],
    ["other replicas", { ...tweets, replicationFactor: 2 }, "disruptive"],
    ["a longer retention", { ...tweets, config: { "retention.ms": "2000" } }, "low"],
    ["retention for ever", { ...tweets, config: { "retention.ms": "-1" } }, "low"],
    ["a shorter retention", { ...tweets, config: { "retention.ms": "500" } }, "destructive"],
    ["no retention of its own, which is a week", { ...tweets, config: {} }, "low"],
  ])("with %s", (_, after, grade) => {
    expect(topicChanges([tweets], [after]).map((found) => found.grade)).toEqual([grade]);
  });

  const gone = { ...tweets, deleted: true };
  it.each([
    ["that are marked are deleted", [tweets], [gone], ["destructive"]],
    ["that are marked without having been declared are deleted if they exist", [], [gone], ["destructive"]],
    ["that are deleted already are none of the report's business, with the mark kept", [gone], [gone], []],
    ["that are deleted already are none of the report's business, with the mark taken away too", [gone], [], []],
    ["whose mark is taken off are made anew", [gone], [tweets], ["low"]],
  ])("%s", (_, before, after, grades) => {
    expect(topicChanges(before, after).map(({ grade }) => grade)).toEqual(grades);
  });

  it("that are declared no more stay", () => {
    expect(topicChanges([tweets], [])).toMatchObject([{ topic: "tweets", what: "is declared no more", grade: "low" }]);
  });
});

describe("effects", () => {
  const cluster = { operation: "replace", type: "azure-native:hdinsight:Cluster", properties: [] } as const;
  it("say that the engine will not replace what is protected", () => {
    expect(effectOf({ ...cluster, properties: [] }, { protect: true }).cost).toMatch(/topics and events.*is protected/);
    expect(effectOf({ ...cluster, properties: [] }).cost).not.toMatch(/protected/);
  });

  it("of tags are low, but for a job, which learns of its notebook by one", () => {
    const tags = [{ path: "tags.notebook", kind: "changed", replaces: false } as const];
    expect(effectOf({ operation: "update", type: "databricks:Job", properties: tags }).grade).toBe("disruptive");
    expect(effectOf({ operation: "update", type: "azure-native:hdinsight:Cluster", properties: tags }).grade).toBe(
      "low",
    );
  });

  it("of a new checkpoint are a stream that begins anew", () => {
    const path = "tasks[0].notebookTask.baseParameters.checkpoint";
    const properties = [{ path, kind: "changed", replaces: false } as const];
    expect(effectOf({ operation: "update", type: "databricks:Job", properties }).cost).toMatch(/begins anew/);
  });
});

describe("noise", () => {
  const property = (path: string) => ({ path, kind: "changed", replaces: false }) as const;
  it("is no drift by itself, and does not hide what comes with it", () => {
    const cluster = change({ type: "databricks:Cluster", properties: [property("state")] });
    const both = change({ type: "databricks:Cluster", properties: [property("state"), property("numWorkers")] });
    expect(withoutNoise([cluster, both])).toEqual([{ ...both, properties: [property("numWorkers")] }]);
    const rule = change({ properties: [property("securityRules[0].etag")] });
    expect(withoutNoise([rule, change({ operation: "delete" })])).toEqual([change({ operation: "delete" })]);
  });
});

describe("drift", () => {
  const property = (more: object) => ({ path: "size", kind: "changed", before: 1, replaces: false, ...more }) as const;
  const update = (urn: string, ...properties: PropertyChange[]) => change({ urn, name: urn, properties });

  it("is what is known to differ, by the plan or else by the look, and not what only waits for it", () => {
    const planned = [
      update("edited", property({ after: 2 }), property({ path: "url", after: unknown })),
      update("behind a service that is not known yet"),
      update("waiting", property({ after: [unknown] })),
      update("without"),
    ];
    const found = new Map([["behind a service that is not known yet", [property({ after: 3 })]]]);
    expect(drift(planned, found)).toMatchObject({
      changes: [
        { name: "edited", properties: [{ path: "size", after: 2 }] },
        { name: "behind a service that is not known yet", properties: [{ after: 3 }] },
      ],
      following: ["waiting", "without"],
    });
  });

  it("is what is gone, as bad as if it were deleted now", () => {
    const created = change({ urn: "job", type: "databricks:Job", operation: "create" });
    const { changes } = drift([created], new Map([["job", "gone"]]));
    expect(changes).toMatchObject([{ isGone: true, grade: "disruptive", cost: "Its stream stands still." }]);
    expect(drift([created], new Map()).changes).toMatchObject([{ grade: "low" }]);
  });

  it("is nothing where all that changes is noise, and waits for noise", () => {
    const cluster = change({ type: "databricks:Cluster", properties: [property({ path: "state", after: "x" })] });
    expect(drift([cluster, update("waiting", property({ after: unknown }))], new Map())).toEqual({
      changes: [],
      following: [],
    });
  });
});

describe("a value of a report", () => {
  it("that is a part of a resource has none of Azure's marks and nothing empty", () => {
    const rule = { etag: "W/1", id: "/subscriptions/1/rules/a", name: "a", priority: 900, prefixes: [], type: "rules" };
    expect(show(rule)).toBe('{"name":"a","priority":900}');
  });

  it("that is JSON in a text is compared by its parts", () => {
    const definition = (max: number) => JSON.stringify({ "a.b": { max, kind: "range" }, c: 1 });
    const detailedDiff = { definition: { kind: "update", inputDiff: true } } as const;
    const state = (max: number) => ({ type: "t", urn: "u", inputs: { definition: definition(max) } });
    expect(propertyChanges({ op: "update", urn: "u", oldState: state(9), newState: state(4), detailedDiff })).toEqual([
      { path: 'definition["a.b"].max', kind: "changed", before: 9, after: 4, replaces: false },
    ]);
  });
});

describe("a report", () => {
  it("cannot be made to say something else by names and values", () => {
    const evil = "</details>\n# Approved @everyone `x` | a |";
    const properties = [{ path: "tags.a", kind: "changed", before: "`", after: evil, replaces: false } as const];
    const outputs = [{ name: evil, kind: "added", after: evil, grade: "low" } as const];
    const text = toMarkdown(reportOf(stackReport({ changes: [change({ name: "x`y", properties })], outputs })));
    expect(text).not.toMatch(/^# /m);
    expect(text.match(/<details>/g)?.length).toBe(text.match(/^<\/details>$/gm)?.length);
  });

  it("keeps what is bad, and is short enough for a comment, when there is too much to say", () => {
    const properties = Array.from({ length: 50 }, (_, index) => ({
      path: `tags.t${index}`,
      kind: "changed" as const,
      before: "b".repeat(100),
      after: "a b".repeat(30),
      replaces: false,
    }));
    const many = Array.from({ length: 40 }, (_, index) => change({ name: `thing-${index}`, properties }));
    const cluster = change({ name: "kafka-cluster", operation: "replace", grade: "destructive", cost: "All is lost." });
    const text = toMarkdown(
      reportOf(stackReport({ changes: [...many, cluster] }), stackReport({ stack: "prod", changes: [cluster] })),
    );
    expect(text.length).toBeLessThan(65_536);
    expect(text.match(/All is lost\./g)?.length).toBe(2);
    expect(text).toContain("Too long for a comment, and left out: Resources of dev.");
  });

  it("says in the terminal what it says in the comment", () => {
    const properties = [{ path: "a.b", kind: "changed", before: "1", after: unknown, replaces: true } as const];
    const replaced = change({ operation: "replace", grade: "disruptive", cost: "It stops.", properties });
    const report = reportOf(stackReport({ changes: [replaced] }));
    for (const text of [toTerminal(report), toMarkdown(report)]) {
      expect(text).toMatch(/thing/);
      expect(text).toMatch(/It stops\./);
      expect(text).toContain(unknown);
    }
  });
});
