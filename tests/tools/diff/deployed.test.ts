import { writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { topicsScript } from "../../../components/kafka/topicsScript";
import { previewDeployed, type StackCli } from "../../../tools/diff/deployed";
import { removedBy } from "../../../tools/diff/deployedTopics";
import type { EngineEvent } from "../../../tools/diff/events";
import { toMarkdown } from "../../../tools/diff/render/markdown";
import { toTerminal } from "../../../tools/diff/render/terminal";
import { reportOf } from "./models";

const urn = "urn:pulumi:dev::streaming::streaming:kafka:KafkaTopics$command:remote:Command::topics-script";
const tweets = { name: "tweets", partitions: 4, replicationFactor: 3, config: {} };
const audit = { ...tweets, name: "audit" };

/** @param ran what the script that ran last declared */
function script(op: "same" | "update" | "create", ran = "a"): EngineEvent {
  const state = (stdin: string) => ({ type: "command:remote:Command", urn, custom: true, inputs: { stdin } });
  const [before, after] = [op === "create" ? null : state(ran), state(op === "same" ? ran : "b")];
  const detailedDiff = { stdin: { diffKind: "update", inputDiff: true } } as const;
  const metadata = { op, urn, type: "command:remote:Command", old: before, new: after };
  return { resourcePreEvent: { metadata: { ...metadata, ...(op === "update" && { detailedDiff }) } } };
}

function outputs(topics: unknown): EngineEvent {
  const type = "pulumi:pulumi:Stack";
  const state = { type, urn: "stack", outputs: topics === undefined ? {} : { topics } };
  return { resOutputsEvent: { metadata: { op: "same", urn: "stack", type, old: state, new: state } } };
}

interface Backend {
  events: EngineEvent[];
  /** Configuration of the last deployment, by full key, as `pulumi stack history` tells it; nothing where it knows of none. */
  last?: Record<string, { value?: string; objectValue?: unknown; secret: boolean }>;
  /** How the CLI is asked for JSON. */
  format?: "--output" | "--json";
}

/** Stands for the CLI. */
function cliOf({ events, last, format = "--output" }: Backend): StackCli {
  return async (args) => {
    if (args[0] === "preview") {
      const log = args[args.indexOf("--event-log") + 1] as string;
      writeFileSync(log, events.map((event) => JSON.stringify(event)).join("\n"));
      return { stdout: "" };
    }
    if (!args.includes(format)) return { stdout: "", failure: "unknown flag" };
    return { stdout: JSON.stringify(last ? [{ kind: "update", result: "succeeded", config: last }] : []) };
  };
}

async function look(backend: Backend, configuration: Record<string, unknown>) {
  const { report } = await previewDeployed("dev", cliOf(backend), { configuration });
  return { ...report, text: toMarkdown(reportOf(report)), terminal: toTerminal(reportOf(report)) };
}

const declaring = (...topics: object[]) => ({ "streaming:topics": topics });
const marked = { ...audit, deleted: true };

describe("a preview of a deployed stack", () => {
  it("calls a topic that is marked deleted, also where no history tells what was declared", async () => {
    const events = [script("update"), outputs([tweets, audit])];
    const { topics, grade, text, terminal, notCompared } = await look({ events }, declaring(tweets, marked));
    expect(topics).toMatchObject([{ topic: "audit", what: "is deleted, where it exists", grade: "destructive" }]);
    expect({ grade, notCompared }).toEqual({ grade: "destructive", notCompared: ["keys"] });
    for (const each of [text, terminal]) expect(each).toMatch(/Keys of the configuration are not compared, since/);
  });

  it("says nothing of topics whose script does nothing, such as of one whose mark stays", async () => {
    const { topics, grade } = await look({ events: [script("same"), outputs([tweets])] }, declaring(tweets, marked));
    expect({ topics, grade }).toEqual({ topics: [], grade: "none" });
  });

  it("says nothing of a mark that stays where another topic changes, by the script that ran last", async () => {
    const ran = topicsScript("10.0.0.4:9092", [tweets, marked, { ...marked, name: "old.notes" }]);
    expect(removedBy(ran)).toEqual(["audit", "old.notes"]);
    expect(removedBy(topicsScript("10.0.0.4:9092", [tweets]))).toEqual([]);
    const found = await look(
      { events: [script("update", ran), outputs([tweets])] },
      declaring({ ...tweets, partitions: 8 }, marked, { ...marked, name: "new.log" }),
    );
    expect(found.topics.map(({ topic, what }) => `${topic} ${what}`)).toEqual([
      "tweets gets 8 partitions instead of 4",
      "new.log is deleted, where it exists",
    ]);
  });

  it("tells topics of a stack that has none yet as made", async () => {
    const { topics, notCompared } = await look({ events: [script("create")] }, declaring(tweets));
    expect(topics).toMatchObject([{ topic: "tweets", what: "is made, with 4 partitions and 3 replicas" }]);
    expect(notCompared).toEqual(["keys"]);
  });

  it("says that it does not tell what happens to topics, where nothing lists those that are there", async () => {
    const found = await look({ events: [script("update"), outputs(undefined)] }, declaring(tweets, marked));
    expect(found).toMatchObject({ topics: [], notCompared: ["keys", "topics"] });
    for (const text of [found.text, found.terminal]) expect(text).toContain("What happens to topics is not told");
  });

  it("tells what the topics' script refuses as a refusal", async () => {
    const backend = { events: [script("update"), outputs([tweets, audit])] };
    const found = await look(backend, declaring({ ...tweets, partitions: 2 }, marked));
    expect(found.refusal).toMatchObject({ resources: ["topics-script"] });
    expect(found.changes).toMatchObject([{ name: "topics-script", isRefused: true }]);
    expect(found.text).toContain("topic `audit` would be deleted");
  });

  it.each(["--output", "--json"] as const)("compares by a history that is asked for with %s", async (format) => {
    const last = { "streaming:topics": { objectValue: [tweets, audit], secret: false } };
    const found = await look({ events: [script("update")], last, format }, declaring(tweets, marked));
    expect(found).toMatchObject({ topics: [{ topic: "audit", grade: "destructive" }], notCompared: [] });
    expect(found.configuration.map(({ key }) => key)).toEqual(["streaming:topics[1].deleted"]);
  });

  it("compares tags of which one is called `secure`", async () => {
    const key = "streaming:tags";
    const last = { [key]: { objectValue: { secure: "yes", owner: "me" }, secret: false } };
    const found = await look({ events: [script("same")], last }, { [key]: { secure: "no", owner: "me" } });
    expect(found.configuration).toMatchObject([{ key: `${key}.secure`, before: "yes", after: "no" }]);
  });

  it("takes a key with a secret in it for one secret, as the history does, and for none where it is none there", async () => {
    const key = "streaming:kafkaScriptActions";
    const actions = [{ name: "agent", uri: "https://example.com/a.sh", parameters: { secure: "v1:abc" } }];
    const events = [script("same")];
    const same = await look({ events, last: { [key]: { secret: true } } }, { [key]: actions });
    expect(same.configuration).toEqual([]);
    const last = { [key]: { objectValue: [{ name: "agent" }], secret: false } };
    const fresh = await look({ events, last }, { [key]: actions });
    expect(fresh.configuration).toMatchObject([{ key: `${key}[0].uri` }, { key: `${key}[0].parameters` }]);
    const open = await look({ events, last: { [key]: { secret: true } } }, { [key]: [{ name: "agent" }] });
    expect(open.configuration).toMatchObject([
      { key, kind: "removed" },
      { key: `${key}[0].name`, kind: "added" },
    ]);
  });
});
