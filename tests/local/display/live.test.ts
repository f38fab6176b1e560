import { Writable } from "node:stream";
import { stripVTControlCharacters } from "node:util";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Live } from "../../../local/display/live";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A terminal that keeps what is written to it. */
function terminal(columns: number, rows = 24) {
  let written = "";
  const write = (chunk: Buffer, _encoding: unknown, done: () => void) => {
    written += chunk.toString("utf8");
    done();
  };
  const stream = Object.assign(new Writable({ write }), { isTTY: true, columns, rows });
  /** What has come since the last look, without colours and movements of the cursor. */
  const look = () => {
    const text = stripVTControlCharacters(written);
    written = "";
    return text;
  };
  return { stream: stream as unknown as NodeJS.WriteStream, look };
}

describe("Live", () => {
  it("draws what is under way, with size and speed of a download, and leaves a line when it is done", () => {
    const { stream, look } = terminal(80);
    const display = new Live(stream);
    display.phase("1/4 Tools", "fetched once");
    const jars = display.task("jars");
    jars.tell({ bytes: 0, totalBytes: 292e6 });
    vi.advanceTimersByTime(1_000);
    jars.tell({ bytes: 73e6, totalBytes: 292e6 });
    look();
    vi.advanceTimersByTime(100);
    expect(look()).toContain("jars                         1.1 s  ███░░░░░░░░░  73 of 292 MB  73 MB/s");
    jars.done("40 files");
    expect(look()).toContain("  ✔ jars                         1.1 s  40 files\n");
    vi.advanceTimersByTime(100);
    expect(look()).not.toContain("jars");
    display.close();
  });

  it.each([40, 80, 140])("keeps every line within %d columns", (columns) => {
    const { stream, look } = terminal(columns);
    const display = new Live(stream);
    const task = display.task("kafka-addresses-advertise");
    task.tell("creating  command:local:Command  Stopping Kafka on every broker, one after the other, and waiting ...");
    vi.advanceTimersByTime(100);
    const drawn = look().split("\n");
    expect(drawn.join("")).toContain("kafka-addresses");
    for (const line of drawn) expect(line.trimEnd().length).toBeLessThan(columns);
    display.close();
  });

  it("counts what a low terminal has no room for", () => {
    const { stream, look } = terminal(80, 10);
    const display = new Live(stream);
    for (let number = 0; number < 9; number++) display.task(`resource-${number}`);
    vi.advanceTimersByTime(100);
    const drawn = look();
    expect(drawn).toContain("resource-5");
    expect(drawn).not.toContain("resource-6");
    expect(drawn).toContain("and 3 more");
    display.close();
  });

  it("cuts no reason, and ends a task once", () => {
    const { stream, look } = terminal(60);
    const display = new Live(stream);
    const task = display.task("kafka-cluster");
    const reason = "the subscription has 8 cores left for this size in westeurope, and 24 are needed";
    task.failed(reason);
    task.done("anyway");
    const said = look();
    expect(said).toContain(reason);
    expect(said).not.toContain("anyway");
    display.close();
  });

  it("draws nothing after its end", () => {
    const { stream, look } = terminal(80);
    const display = new Live(stream);
    display.task("jars");
    display.close();
    look();
    vi.advanceTimersByTime(1_000);
    expect(look()).toBe("");
  });
});
