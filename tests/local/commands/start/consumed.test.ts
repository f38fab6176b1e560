import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { stripVTControlCharacters } from "node:util";
import { afterAll, describe, expect, it } from "vitest";
import { type ConsumerSource, consumed } from "../../../../local/commands/start/consumed";
import type { Run } from "../../../../local/stack/workspaceClient";

const home = mkdtempSync(path.join(tmpdir(), "consumed-"));
afterAll(() => rmSync(home, { recursive: true }));

/** A workspace whose consumer writes these logs, one more at each look; the last one stays. */
function workspace(parameters: Record<string, string>, logs: string[], state = "RUNNING"): ConsumerSource {
  const run: Run = { run_id: 1, state: { life_cycle_state: state }, start_time: 0 };
  const output = "/Volumes/main/streaming/pipeline/output";
  return {
    parameter: async (_, widget) => ({ output, trigger: "2 seconds", ...parameters })[widget] as string,
    lastRun: async () => run,
    log: async () => (logs.length > 1 ? logs.shift() : logs[0]) as string,
  };
}

const progress = (query: string, rows: number) =>
  `[cell 9] {"query":"${query}","batchId":3,"timestamp":"2026-05-06T12:00:10.000Z","rowsSinceStart":${rows}}`;
const look = (source: ConsumerSource, deadlineMs = 10_000) =>
  consumed(source, "https://dbx/#job/2", home, { deadlineMs, pollMs: 5 });

describe("what was consumed", () => {
  it("are the events themselves where they are JSON", async () => {
    const folder = path.join(home, "volumes/main/streaming/pipeline/output/events");
    mkdirSync(folder, { recursive: true });
    const events = Array.from({ length: 7 }, (_, offset) => ({
      partition: 1,
      offset,
      sentAt: "",
      text: `tweet\n${offset}`,
    }));
    writeFileSync(path.join(folder, "part-0.json"), events.map((event) => JSON.stringify(event)).join("\n"));
    const lines = await look(workspace({ sink: "json" }, []));
    expect(lines).toHaveLength(6);
    expect(stripVTControlCharacters(lines[5] ?? "")).toMatch(/^ {2}partition 1 {2}offset 5 +tweet 5$/);
  });

  it.each(["delta", "parquet", "console", "kafka:copies"])("is what the log of the sink %s says", async (sink) => {
    const logs = ["", `${progress("hashtags", 9)}\n${progress("events", 0)}`, `${progress("events", 40)}\n`];
    expect(await look(workspace({ sink }, logs))).toEqual([`  40 events were read up to batch 3, into \`${sink}\`.`]);
  });

  it("cannot be told of a continuous query, and that is said once it runs", async () => {
    const parameters = { sink: "kafka:copies", trigger: "continuous 1 second" };
    expect((await look(workspace(parameters, [""])))[0]).toContain("Spark does not report");
    await expect(look(workspace(parameters, ["not yet"], "PENDING"), 20)).rejects.toThrow("log ends:\nnot yet");
  });

  it("is nothing when the log says nothing in time, and its end is shown", async () => {
    await expect(look(workspace({ sink: "delta" }, ["no brokers"]), 20)).rejects.toThrow(
      "No event was consumed within 0.02 s. The consumer's log ends:\nno brokers",
    );
  });
});
