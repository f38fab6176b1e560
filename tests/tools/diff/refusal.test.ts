import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import { withOrigin } from "../../../tools/diff/policies";
import { refusalOf } from "../../../tools/diff/refusal";
import { renderers } from "../../../tools/diff/render";
import { toMarkdown } from "../../../tools/diff/render/markdown";
import { toTerminal } from "../../../tools/diff/render/terminal";
import { withTopics } from "../../../tools/diff/topicEffects";
import { change, reportOf, stackReport } from "./models";

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
