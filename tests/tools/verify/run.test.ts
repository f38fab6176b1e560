import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Outputs } from "../../../tools/stack/outputs";
import { toText } from "../../../tools/verify/report";
import { verify } from "../../../tools/verify/run";
import { Workspace } from "../../../tools/verify/workspace";
import { tableFiles } from "./volume";
import { WorkspaceDouble } from "./workspaceDouble";

/** The brokers' side, without brokers: topic `tweets` with two partitions, of which the batch takes turns. */
const kafka = vi.hoisted(() => ({
  held: [] as { partition: number; from: number; to: number }[],
  brokers: { answering: ["127.0.0.6:9092"], misses: [] as string[] },
  onSent: (_ids: string[]): void => {},
}));

vi.mock("../../../tools/stack/kafka", () => ({
  kafkaClient: () => ({}),
  withAdmin: (_: unknown, work: (admin: unknown) => unknown) => work({}),
  checkBrokers: async () => kafka.brokers,
  checkTopics: async () => ({
    topics: [{ name: "tweets", partitions: 2, replicationFactor: 3, minInSyncReplicas: 2, inSync: 3 }],
    misses: [],
  }),
  sendMarked: async (_: unknown, __: unknown, run: string, count: number) => {
    const ids = Array.from({ length: count }, (_, index) => `${run}-${index}`);
    kafka.onSent(ids);
    return new Map(ids.map((id) => [id, 1_000]));
  },
  heldOffsets: async () => kafka.held,
}));

const row = (id: string | null, partition: number, offset: number) => ({ id, partition, offset });

let double: WorkspaceDouble;
let workspace: Workspace;

beforeEach(async () => {
  double = await new WorkspaceDouble().open();
  workspace = new Workspace(double.url, { DATABRICKS_TOKEN: double.token });
  kafka.brokers = { answering: ["127.0.0.6:9092"], misses: [] };
  kafka.held = [
    { partition: 0, from: 0, to: 2 },
    { partition: 1, from: 5, to: 7 },
  ];
  kafka.onSent = (ids) => {
    double.commit([row("earlier", 0, 0), row(null, 1, 5)], 900);
    double.commit([row(ids[0], 0, 1)], 1_400);
    double.commit([row(ids[1], 1, 6)], 1_600);
  };
});

afterEach(async () => {
  await workspace.close();
  await double.close();
});

/** A consumer that never delivers is given up soon; one that does is waited for, however busy the machine is. */
const run = (timeoutMs = 60) => {
  const url = double.url;
  const outputs: Outputs = {
    kafkaBrokers: ["127.0.0.6:9092"],
    topics: [{ name: "tweets", partitions: 2, replicationFactor: 3, config: {} }],
    workspaceUrl: url,
    consumerJobUrl: `${url}/#job/42`,
  };
  return verify(outputs, workspace, { count: 2, timeoutMs, pollMs: 20 });
};

describe("a pipeline that works", () => {
  it("has consumed each record once, and says how long the marked ones took", async () => {
    expect(await run()).toEqual({
      report: {
        brokers: ["127.0.0.6:9092"],
        topics: [{ name: "tweets", partitions: 2, replicationFactor: 3, minInSyncReplicas: 2, inSync: 3 }],
        produced: 4,
        consumed: 4,
        missing: 0,
        duplicates: 0,
        latencyMs: { p50: 500, p99: 598 },
      },
      misses: [],
    });
  });

  it("may take its time until the deadline", async () => {
    const commit = kafka.onSent;
    kafka.onSent = (ids) => setTimeout(() => commit(ids), 30);
    expect((await run(10_000)).misses).toEqual([]);
  });
});

describe("a pipeline whose sink is no JSON", () => {
  it("is compared record by record with a Delta table, over all pages of its log", async () => {
    double.parameters.sink = "delta";
    kafka.held = [
      { partition: 0, from: 1, to: 8 },
      { partition: 1, from: 4, to: 10 },
    ];
    const files = tableFiles("stream");
    files.delete("/Volumes/main/streaming/output/events/_delta_log/_last_checkpoint");
    kafka.onSent = () => {
      for (const [file, content] of files) double.files.set(file, content);
    };
    const { report, misses } = await run();
    expect(report).toMatchObject({ produced: 13, consumed: 12, missing: 1, duplicates: 0 });
    expect(misses).toEqual(expect.arrayContaining(["Missing in the sink: partition 1, offset 6."]));
  });

  it("is compared record by record with Parquet files", async () => {
    double.parameters.sink = "parquet";
    kafka.held = [
      { partition: 0, from: 0, to: 6 },
      { partition: 1, from: 0, to: 2 },
    ];
    const files = [...tableFiles("stream")].filter(([file]) => /\.(gz|zstd|lz4raw)\.parquet$/.test(file));
    expect(files).toHaveLength(3);
    kafka.onSent = () => {
      for (const [file, content] of [...files, files[0]]) double.commitFile(file, content);
    };
    const { report } = await run();
    // They have offsets 2 and 3 of partition 0, and 0 to 3 of partition 1. One that is committed again is one file.
    expect(report).toMatchObject({ produced: 8, consumed: 4, missing: 4, duplicates: 0 });
  });
});

describe("a pipeline that does not work", () => {
  it("is found out when records are missing, with the state of the consumer", async () => {
    kafka.onSent = (ids) => double.commit([row("earlier", 0, 0), row(ids[0], 0, 1)], 1_400);
    const { report, misses } = await run();
    expect(report).toMatchObject({ produced: 4, consumed: 2, missing: 2, duplicates: 0 });
    expect(misses).toEqual([
      "Missing in the sink: partition 1, offsets 5 to 6.",
      expect.stringMatching(/^1 of the 2 marked records \(verify-.*\) did not arrive\.$/),
      `The consumer's newest run is TERMINATED, FAILED: Cell 3 failed. Look at ${double.url}/#job/42.`,
    ]);
  });

  it("is found out when a record is there twice, in one file or in two", async () => {
    const commit = kafka.onSent;
    kafka.onSent = (ids) => {
      commit(ids);
      double.commit([row(ids[0], 0, 1), row("earlier", 0, 0), row("earlier", 0, 0)], 1_700);
    };
    const { report, misses } = await run();
    expect(report).toMatchObject({ consumed: 4, missing: 0, duplicates: 3 });
    expect(misses).toContain("Partition 0, offset 1 is there 2 times.");
    expect(misses).toContain("Partition 0, offset 0 is there 3 times.");
  });

  it("does not count files that were never committed", async () => {
    double.files.set("/Volumes/main/streaming/output/events/part-stray.json", JSON.stringify(row("x", 1, 5)));
    kafka.onSent = () => {};
    expect((await run()).report).toMatchObject({ consumed: 0, missing: 4 });
  });

  it("is found out when a committed file is gone", async () => {
    const commit = kafka.onSent;
    kafka.onSent = (ids) => {
      commit(ids);
      double.files.delete(double.commit([row("later", 1, 7)]));
    };
    const { misses } = await run();
    expect(misses).toHaveLength(1);
    expect(misses[0]).toMatch(/committed .*part-3.json, which cannot be read: .* answered 404/);
  });

  it("is found out when no broker answers, before anything is sent", async () => {
    kafka.brokers = { answering: [], misses: ["Broker 127.0.0.6:9092 does not answer."] };
    kafka.onSent = () => expect.unreachable();
    const { report, misses } = await run();
    expect(report).toMatchObject({ brokers: [], topics: [], produced: 0, latencyMs: { p50: null, p99: null } });
    expect(misses).toEqual(["Broker 127.0.0.6:9092 does not answer."]);
  });

  it("is found out when the workspace refuses, and the brokers are looked at all the same", async () => {
    workspace = new Workspace(double.url, { DATABRICKS_TOKEN: "of-another" });
    const { report, misses } = await run();
    expect(report.topics).toHaveLength(1);
    expect(misses).toEqual([
      expect.stringMatching(/The workspace does not describe the consumer's job .* answered 403/),
    ]);
  });
});

describe("a sink that cannot be read", () => {
  const sinks = [
    ["console", "/Volumes/main/streaming/output", "sink is console, and only delta, json and parquet"],
    ["kafka:counts", "/Volumes/main/streaming/output", "sink is kafka:counts, and only delta, json and parquet"],
    ["delta", "abfss://events@account.dfs.core.windows.net", "only what is below /Volumes"],
    ["json", "abfss://events@account.dfs.core.windows.net", "only what is below /Volumes"],
  ];

  it.each(sinks)("%s at %s is no reason not to look at the rest, and nothing is sent", async (sink, output, why) => {
    Object.assign(double.parameters, { sink, output });
    double.states = [{ life_cycle_state: "RUNNING" }];
    kafka.onSent = () => expect.unreachable();
    const { report, misses } = await run();
    expect(misses).toEqual([]);
    expect(report).toMatchObject({
      topics: [{ name: "tweets" }],
      consumerRun: "RUNNING",
      consumed: null,
      missing: null,
    });
    expect(report.notCompared).toContain(why);
    expect(toText(report)).toContain(`not compared: ${report.notCompared}`);
  });

  it("delta, with a table that has deletion vectors, is told before anything is sent", async () => {
    double.parameters.sink = "delta";
    for (const [file, content] of tableFiles("vectors")) double.files.set(file, content);
    double.states = [{ life_cycle_state: "RUNNING" }];
    kafka.onSent = () => expect.unreachable();
    const { report, misses } = await run();
    expect(misses).toEqual([]);
    expect(report).toMatchObject({ consumerRun: "RUNNING", produced: null, missing: null });
    expect(report.notCompared).toMatch(
      /^the Delta table .*\/events has deletion vectors, which cannot be read from here$/,
    );
  });

  it("delta, with a table that gets deletion vectors meanwhile, has no counts either", async () => {
    double.parameters.sink = "delta";
    double.states = [{ life_cycle_state: "RUNNING" }];
    const files = [...tableFiles("vectors")];
    const isLast = (file: string) => file.endsWith("02.json");
    for (const [file, content] of files) if (!isLast(file)) double.files.set(file, content);
    kafka.onSent = () => {
      for (const [file, content] of files) double.files.set(file, content);
    };
    expect((await run()).report).toMatchObject({ notCompared: expect.stringContaining("vectors"), consumed: null });
  });

  it.each([
    [
      "failed, at once",
      [{ life_cycle_state: "INTERNAL_ERROR", result_state: "FAILED", state_message: "No cores" }],
      60_000,
    ],
    ["does not begin in time", [{ life_cycle_state: "PENDING" }], 60],
    ["was never there", [], 60],
  ])("is found out when the run %s", async (_, states, timeoutMs) => {
    double.parameters.sink = "console";
    double.states = states;
    expect((await run(timeoutMs)).misses).toEqual([expect.stringMatching(/^The consumer's .*Look at .*job\/42\.$/)]);
  });

  it("waits for a run that is about to begin, and takes one that has ended well", async () => {
    double.parameters.sink = "console";
    double.states = [{ life_cycle_state: "TERMINATED", result_state: "SUCCESS" }, { life_cycle_state: "PENDING" }];
    const { report, misses } = await run(10_000);
    expect({ run: report.consumerRun, misses }).toEqual({ run: "TERMINATED, SUCCESS", misses: [] });
  });

  it("says that nothing was compared when no broker answers, too", async () => {
    double.parameters.sink = "console";
    kafka.brokers = { answering: [], misses: ["Broker 127.0.0.6:9092 does not answer."] };
    const { report, misses } = await run();
    expect(misses).toHaveLength(1);
    expect(toText(report)).toMatch(/Consumer +not looked at\nRecords +not compared/);
  });
});
