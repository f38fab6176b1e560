import { describe, expect, it } from "vitest";
import { measure } from "../../bench/measure/command";

/** Keeps a megabyte for each of `size`, written to, and a processor busy for some time. */
const work = (size: number, ms: number) =>
  `const kept = Buffer.alloc(${size} * 2 ** 20, 1); const end = Date.now() + ${ms}; while (Date.now() < end) kept[0]++; setTimeout(() => kept, 100)`;

describe("the measure of a command", () => {
  it("counts time, processor time and memory of what the command starts", async () => {
    // A shell that does not give way to what it starts.
    const nested = ["-c", '"$@"; true', "sh", process.execPath, "-e", work(200, 300)];
    const cost = await measure("sh", nested);
    const idle = await measure("sh", ["-c", '"$@"; true', "sh", process.execPath, "-e", "setTimeout(() => 0, 100)"]);
    expect(cost.peakMB - idle.peakMB).toBeGreaterThan(150);
    expect(cost.cpuSeconds - idle.cpuSeconds).toBeGreaterThan(0.1);
    expect(cost.seconds).toBeGreaterThan(0.4);
  });

  it("counts what a child goes on with when its parent has ended", async () => {
    const orphan = `require("node:child_process").spawn(process.execPath, ["-e", ${JSON.stringify(work(150, 600))}], { stdio: ["ignore", "inherit", "inherit"] }); setTimeout(() => process.exit(), 300)`;
    const cost = await measure(process.execPath, ["-e", orphan]);
    expect(cost.peakMB).toBeGreaterThan(150);
  });

  it("rejects with what a command said that fails", async () => {
    await expect(measure("sh", ["-c", "echo broken >&2; exit 3"])).rejects.toThrow("broken");
  });
});
