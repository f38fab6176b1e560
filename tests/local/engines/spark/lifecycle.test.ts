import { existsSync, readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { NotebookEngine, type RunHandle } from "../../../../local/engines/spark";
import { silentLog } from "../../../../local/log";
import { toolPaths } from "../../../../local/paths";
import { notebook, sparkTimeout, TestEngine } from "./runs";

const canary = "canary-a81bc81b";
const streaming = notebook(
  'val secret = dbutils.secrets.get("app", "key")',
  `val query = spark.readStream.format("rate").load().writeStream.format("json")
  .option("checkpointLocation", "/Volumes/main/test/checkpoint").start("/Volumes/main/test/out")
println("streaming now")
try query.awaitTermination() finally println("tidied up, query active: " + query.isActive)`,
);
let twin: TestEngine;

beforeAll(() => {
  twin = new TestEngine();
});
afterAll(() => twin.close());

/** Waits until the log of a run has a text; fails when the run ends first. */
async function untilLog(handle: RunHandle, text: string): Promise<void> {
  let ended = false;
  handle.done.then(() => {
    ended = true;
  });
  while (!readFileSync(handle.logFile, "utf8").includes(text)) {
    if (ended) throw new Error(`The run ended without \`${text}\`:\n${readFileSync(handle.logFile, "utf8")}`);
    await sleep(50);
  }
}

const groupExists = (leader: number): boolean => {
  try {
    return process.kill(-leader, 0);
  } catch {
    return false;
  }
};

describe("a run that is canceled", { timeout: sparkTimeout }, () => {
  it("stops its streams, runs `finally` blocks and leaves no process, and never shows a secret", async () => {
    const handle = await twin.start(streaming, { secrets: { app: { key: canary } } });
    await untilLog(handle, "streaming now");

    const shown = ["cmdline", "environ"].map((name) => readFileSync(`/proc/${handle.pid}/${name}`, "latin1"));
    expect(shown.join()).not.toContain(canary);
    const files = readdirSync(twin.home, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    for (const { parentPath, name } of files) {
      expect(readFileSync(path.join(parentPath, name), "latin1"), name).not.toContain(canary);
    }

    const started = Date.now();
    await handle.cancel();
    expect(Date.now() - started).toBeLessThan(7_000);
    expect(await handle.done).toEqual({ outcome: "CANCELED" });
    expect(readFileSync(handle.logFile, "utf8")).toContain("tidied up, query active: false");
    expect(groupExists(handle.pid)).toBe(false);
  });

  it("is ended after a few seconds even when it does not want to", async () => {
    const source = notebook(
      'println("stubborn now")\nwhile (true) try Thread.sleep(1000) catch { case _: Throwable => () }',
    );
    const handle = await twin.start(source);
    await untilLog(handle, "stubborn now");
    const started = Date.now();
    await handle.cancel();
    expect(Date.now() - started).toBeLessThan(9_000);
    expect(await handle.done).toEqual({ outcome: "CANCELED" });
    expect(groupExists(handle.pid)).toBe(false);
  });
});

describe("a run that nobody canceled", { timeout: sparkTimeout }, () => {
  it("is ended by the next engine of the same home when its own has gone", async () => {
    const handle = await twin.start(streaming, { secrets: { app: { key: canary } }, runId: "orphan" });
    const record = path.join(twin.home, "runs", "orphan", "process.json");
    expect(existsSync(record)).toBe(true);
    await untilLog(handle, "streaming now");

    const next = new NotebookEngine({ home: twin.home, tools: toolPaths(), log: silentLog });
    await next.endOrphans();
    expect(existsSync(record)).toBe(false);
    expect(await handle.done).toEqual({ outcome: "CANCELED" });
    expect(groupExists(handle.pid)).toBe(false);
  });

  it("has failed when its process is killed, with the signal in the message", async () => {
    const handle = await twin.start(streaming);
    process.kill(handle.pid, "SIGKILL");
    expect(await handle.done).toMatchObject({
      outcome: "FAILED",
      message: expect.stringMatching(/was ended by SIGKILL without a result/),
    });
  });

  it("has failed when it runs out of memory, with the reason in the message", async () => {
    const { result } = await twin.run(notebook("val heap = Array.fill(1000)(new Array[Byte](10 * 1024 * 1024))"));
    expect(result).toMatchObject({ outcome: "FAILED", message: expect.stringMatching(/OutOfMemoryError/) });
  });

  it("goes on while its streaming queries do, and fails with them", async () => {
    const source = notebook(
      `import org.apache.spark.sql.functions.{col, raise_error, lit, when}
val rows = spark.readStream.format("rate").option("rowsPerSecond", 5).load()
  .select(when(col("value") > 3, raise_error(lit("value is too large"))).otherwise(col("value")).as("value"))
rows.writeStream.queryName("doomed").format("noop").start()
println("last cell")`,
    );
    const { result, log } = await twin.run(source);
    expect(log).toContain("Waiting for the streaming query doomed");
    expect(result).toMatchObject({ outcome: "FAILED", message: expect.stringMatching(/StreamingQueryException/) });
    expect((result as { trace: string }).trace).toContain("value is too large");
  });
});
