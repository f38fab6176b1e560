import { describe, expect, it } from "vitest";
import { acceptanceOf, exitCodeOf, gateOf } from "../../../tools/diff/acceptance";
import { drift } from "../../../tools/diff/drifted";
import type { PropertyChange, StackReport } from "../../../tools/diff/model";
import { withoutNoise } from "../../../tools/diff/noise";
import { deployedNotebookChanges } from "../../../tools/diff/notebooks";
import { guarded, protectionChanges } from "../../../tools/diff/protection";
import { show } from "../../../tools/diff/render/differences";
import { toMarkdown } from "../../../tools/diff/render/markdown";
import { toTerminal } from "../../../tools/diff/render/terminal";

import { propertyChanges, resourceChanges } from "../../../tools/diff/resources";
import { withoutSecrets } from "../../../tools/diff/secrets";
import { at, unknown } from "../../../tools/diff/values";
import { change, reportOf, stackReport } from "./models";

const signature = "4dabf18193072939515e22adb298388d";
const secretOf = (value: unknown) => ({
  [signature]: "1b47061264138c4ac30d75fd1eb44270",
  plaintext: JSON.stringify(value),
});

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
    ["a line from a browser", { PULL_REQUEST_BODY: "Disks.\r\n\r\nAccept destructive: prod\r\n\r\nThanks" }, true],
    ["a line that names another", { PULL_REQUEST_BODY: "Accept destructive: dev" }, false],
    ["a word in a sentence", { PULL_REQUEST_BODY: "Please accept destructive: prod changes never" }, false],
    ["a line that nobody sees", { PULL_REQUEST_BODY: "Text <!--\nAccept destructive: prod\n-->" }, false],
    ["a stack whose name only begins so", { PULL_REQUEST_BODY: "Accept destructive: prod2" }, false],
    ["a sentence's end after it", { PULL_REQUEST_BODY: "Accept destructive: dev, prod." }, true],
    ["a line of a list", { PULL_REQUEST_BODY: "- Disks.\n- Accept destructive: prod" }, true],
    ["a box that is ticked", { PULL_REQUEST_BODY: "- [x] Accept destructive: prod" }, true],
    ["a box that is not ticked", { PULL_REQUEST_BODY: "- [ ] Accept destructive: prod" }, false],
    ["a comment after it", { PULL_REQUEST_BODY: "Accept destructive: prod <!-- see above -->" }, true],
    ["a stack that is left out by a word", { PULL_REQUEST_BODY: "Accept destructive: dev, not prod" }, false],
    ["only, and another", { PULL_REQUEST_BODY: "Accept destructive: only dev not prod" }, false],
    ["code", { PULL_REQUEST_BODY: "Write\n```\nAccept destructive: prod\n```" }, false],
    ["code by its indentation", { PULL_REQUEST_BODY: "Write\n\n    Accept destructive: prod" }, false],
    ["a quote", { PULL_REQUEST_BODY: "> Accept destructive: prod" }, false],
    ["a quote that goes on", { PULL_REQUEST_BODY: "> He said:\nAccept destructive: prod" }, false],
    ["what is crossed out", { PULL_REQUEST_BODY: "~~Not any more:\nAccept destructive: prod\nThanks~~" }, false],
    ["a comment without an end", { PULL_REQUEST_BODY: "<!--\nAccept destructive: prod" }, false],
    ["a label of another case", { PULL_REQUEST_LABELS: '["Accept-Destructive"]' }, false],
  ])("of a destructive change by %s: %o", (_, env, expected) => {
    expect(acceptanceOf(bad, env as Record<string, string>) !== undefined).toBe(expected);
  });

  it.each([
    ["acme/prod", "acme/prod", true],
    ["acme/prod", "prod", true],
    ["prod", "acme/prod", false],
  ])("of %s by the name %s: %o", (stack, name, expected) => {
    expect(acceptanceOf({ ...bad, stack }, { PULL_REQUEST_BODY: `Accept destructive: ${name}` }) !== undefined).toBe(
      expected,
    );
  });
});

describe("the end of a comparison", () => {
  const label = { PULL_REQUEST_LABELS: '["accept-destructive"]' };
  const failed = (version: "base" | "head") =>
    stackReport({ grade: "destructive", failure: { version, message: "no" } });
  it.each([
    ["nothing bad", stackReport(), {}, 0],
    ["what is bad", stackReport({ grade: "destructive" }), {}, 1],
    ["what is bad and accepted", stackReport({ grade: "destructive" }), label, 0],
    ["a new version that cannot be deployed, whatever is accepted", failed("head"), label, 2],
    ["a base that cannot be deployed", failed("base"), {}, 2],
    ["a base that cannot be deployed, which is accepted", failed("base"), label, 0],
  ])("is told by its code: %s", (_, stack, env, code) => {
    const stacks = [stack];
    expect(exitCodeOf({ stacks, gate: gateOf(stacks, "destructive", env as NodeJS.ProcessEnv) })).toBe(code);
  });

  it("is told where nothing is to be stopped, too", () => {
    expect(exitCodeOf({ stacks: [stackReport({ grade: "destructive" })] })).toBe(0);
    expect(exitCodeOf({ stacks: [failed("base")] })).toBe(2);
  });
});

describe("protection", () => {
  const error = (message: string) => ({ diagnosticEvent: { message, severity: "error" } as const });
  const refused = (verb: string, name: string) =>
    error(
      `unable to ${verb} resource "urn:pulumi:prod::streaming::x:y:Z::${name}"\nas it is currently marked for protection. To`,
    );
  it("is told from what else stops a preview", () => {
    const events = [refused("replace", "kafka-cluster"), refused("delete", "databricks-workspace")];
    expect(guarded([...events, error("preview failed")])).toEqual(["databricks-workspace", "kafka-cluster"]);
    expect(guarded([...events, error("Running program 'index.ts' failed")])).toEqual([]);
    expect(guarded([])).toEqual([]);
  });

  it("that is taken off is told, though no resource changes", () => {
    const state = (protect: boolean) => ({ type: "a:b:C", urn: "urn::kafka-cluster", custom: true, protect });
    const same = { op: "same", urn: "urn::kafka-cluster" } as const;
    expect(protectionChanges([{ ...same, oldState: state(true), newState: state(false) }])).toMatchObject([
      { isOn: false, resources: ["kafka-cluster"], grade: "low" },
    ]);
    expect(protectionChanges([{ ...same, oldState: state(true), newState: state(true) }])).toEqual([]);
  });

  it("stops everything in a report, which then says how to go on, and not that nothing stops", () => {
    const replaced = change({ operation: "replace", grade: "low" });
    const stack = stackReport({ grade: "disruptive", changes: [replaced], guarded: ["kafka-cluster"] });
    const report = { ...reportOf(stack), grade: "disruptive" } as const;
    for (const text of [toTerminal(report), toMarkdown(report)]) {
      expect(text).toMatch(/`pulumi up` refuses this, and changes nothing: `?kafka-cluster`? is protected\./);
      expect(text).not.toContain("Nothing stops");
    }
  });
});

describe("steps", () => {
  const state = { type: "azure-native:hdinsight:Cluster", urn: "u::kafka-cluster", custom: true };
  it("that only delete what a failed replacement left are no replacement", () => {
    const left = { op: "delete-replaced", urn: state.urn, oldState: state } as const;
    const kept = { op: "same", urn: state.urn, oldState: state, newState: state } as const;
    expect(resourceChanges([kept, left])).toMatchObject([{ operation: "delete", isLeftover: true }]);
    // With what it depends on, a resource goes that the program has no longer.
    const forgotten = { op: "remove-pending-replace", urn: state.urn, oldState: state } as const;
    expect(resourceChanges([left, forgotten])[0]).toMatchObject({ operation: "delete" });
    expect(resourceChanges([left, forgotten])[0]).not.toHaveProperty("isLeftover");
    const anew = { op: "create-replacement", urn: state.urn, oldState: state, newState: state } as const;
    expect(resourceChanges([left, anew])).toMatchObject([{ operation: "replace" }]);
    expect(resourceChanges([left, anew])).toHaveLength(1);
  });

  it("to a value that is not known yet are to that, also where a whole is not known", () => {
    const detailedDiff = { "parameters.name": { kind: "update-replace", inputDiff: true } } as const;
    const states = {
      oldState: { ...state, inputs: {} },
      newState: { ...state, inputs: { parameters: "04da6b54-80e4-46f7-96ec-b56ff0331ba9" } },
    };
    expect(propertyChanges({ op: "replace", urn: state.urn, ...states, detailedDiff })).toMatchObject([
      { path: "parameters.name", kind: "added", after: unknown },
    ]);
  });
});

describe("notebooks", () => {
  it("are compared by the texts that the state and the program have", () => {
    const type = "databricks:index/notebook:Notebook";
    const state = (text: string) => ({
      type,
      urn: "u",
      inputs: { path: "/Shared/streaming/KafkaConsumer", contentBase64: Buffer.from(text).toString("base64") },
    });
    const step = { op: "update", urn: "u", oldState: state("one\n"), newState: state("one\ntwo\n") } as const;
    expect(deployedNotebookChanges([step])).toMatchObject([
      { file: "/Shared/streaming/KafkaConsumer", added: 1, removed: 0, patch: expect.stringContaining("+two") },
    ]);
    expect(deployedNotebookChanges([{ ...step, newState: step.oldState }])).toEqual([]);
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

  it("of half a peering says how the other one goes, which takes no job with it, and of both that they are gone", () => {
    const of = (half: string) =>
      `urn:pulumi:dev::p::streaming:network:NetworkPeering$azure-native:x:Y::peering-${half}`;
    const type = "azure-native:network:VirtualNetworkPeering";
    const halves = ["from", "to"].map((half) => change({ urn: of(half), type, operation: "create" }));
    const [one] = drift(halves.slice(1), new Map([[of("to"), "gone"]])).changes;
    expect(one?.cost).toMatch(/^Producer and consumer have no Kafka\. .*az resource delete --ids ID.*the jobs stay\.$/);
    const both = drift(halves, new Map(halves.map(({ urn }) => [urn, "gone" as const]))).changes;
    expect(both.map(({ cost }) => cost)).toEqual(Array(2).fill("Producer and consumer have no Kafka."));
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
    const topics = [{ topic: "tweets", what: `is ${evil}`, grade: "low" } as const];
    const text = toMarkdown(reportOf(stackReport({ changes: [change({ name: "x`y", properties })], outputs, topics })));
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
    expect(text).toContain("Too long for a comment. Shortened: Resources of `dev`.");
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

  it("says what a job stops at, what was accepted, and how the rest is", () => {
    const [dev, prod] = ["dev", "prod"].map((stack) => stackReport({ stack, grade: "destructive" }));
    const gate = gateOf([dev, prod] as StackReport[], "destructive", { PULL_REQUEST_BODY: "Accept destructive: dev" });
    const text = toMarkdown({ ...reportOf(dev as StackReport, prod as StackReport), gate });
    expect(text).toContain("Accepted for `dev`, by the line `Accept destructive: dev` of the description.");
    expect(text).toMatch(
      /Not accepted for `prod`\. .*label the pull request `accept-destructive`.*`Accept destructive: prod`/,
    );
    const failure = { version: "head", message: "x" } as const;
    expect(gateOf([stackReport({ grade: "destructive", failure })], "low", {}).open).toEqual([]);
  });

  it("calls what nobody could compare so, and not destructive", () => {
    const failed = stackReport({ grade: "destructive", failure: { version: "head", message: "a mistake" } });
    const report = { ...reportOf(failed), grade: "destructive" } as const;
    for (const text of [toTerminal(report), toMarkdown(report)]) {
      expect(text).toContain("cannot be told");
      expect(text).not.toContain("destructive");
    }
    const worse = { ...reportOf(failed, stackReport({ grade: "destructive" })), grade: "destructive" } as const;
    expect(toMarkdown(worse)).toMatch(/^### .*: destructive$/m);
  });

  it("names properties of the same change together, and shows a key that has to be set", () => {
    const properties = ["a", "b"].map((path) => ({ path, kind: "added", after: unknown, replaces: true }) as const);
    const replaced = change({ operation: "replace", grade: "disruptive", properties });
    const text = toMarkdown(reportOf(stackReport({ changes: [replaced], needed: ["streaming:twitterBearerToken"] })));
    expect(text).toContain("because of `a`, `b`: `[known after up]` (new).");
    expect(text).toMatch(/^- .*`streaming:twitterBearerToken` has to be set before `pulumi up`/m);
  });
});
