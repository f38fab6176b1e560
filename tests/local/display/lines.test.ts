import { describe, expect, it } from "vitest";
import { isLive } from "../../../local/display";
import { together } from "../../../local/display/display";
import { Lines } from "../../../local/display/lines";
import { duration, fit, Speed } from "../../../local/display/words";

/** A display in lines at a clock of its own. */
function lines(all = false) {
  const written: string[] = [];
  const clock = { now: 0 };
  return { written, clock, display: new Lines({ write: (line) => written.push(line), all, now: () => clock.now }) };
}

describe("Lines", () => {
  it("tells when something begins, every tenth of a download, and when it ends and how long it took", () => {
    const { written, clock, display } = lines();
    display.phase("1/4 Tools", "fetched once");
    const task = display.task("jars");
    for (let megabytes = 0; megabytes <= 292; megabytes += 1) task.tell({ bytes: megabytes * 1e6, totalBytes: 292e6 });
    clock.now = 72_000;
    task.done("40 files");
    expect(written.slice(0, 4)).toEqual(["", "1/4 Tools: fetched once", "  jars: begins", "  jars: 30 of 292 MB"]);
    expect(written.at(-2)).toBe("  jars: 292 of 292 MB");
    expect(written.at(-1)).toBe("  jars: 40 files (1 min 12 s)");
    expect(written).toHaveLength(14);
  });

  it("says the same thing once, but everything where all is wanted", () => {
    const tell = (display: Lines) => {
      const task = display.task("kafka-cluster");
      for (const word of ["InProgress", "InProgress", "Succeeded"]) task.tell(word);
      task.failed("quota");
    };
    const [some, all] = [lines(), lines(true)];
    tell(some.display);
    tell(all.display);
    expect(some.written).toEqual([
      "  kafka-cluster: begins",
      "  kafka-cluster: InProgress",
      "  kafka-cluster: Succeeded",
      "  kafka-cluster: failed: quota",
    ]);
    expect(all.written.filter((line) => line.endsWith("InProgress"))).toHaveLength(2);
  });

  it("counts megabytes where nobody says how many there will be", () => {
    const { written, display } = lines();
    const task = display.task("pulumi");
    for (const bytes of [1e6, 24e6, 26e6, 51e6]) task.tell({ bytes });
    expect(written.slice(1)).toEqual(["  pulumi: 26 MB", "  pulumi: 51 MB"]);
  });
});

describe("together", () => {
  it("tells each display everything", () => {
    const [first, second] = [lines(), lines()];
    const both = together(first.display, second.display);
    both.phase("a", "b");
    const task = both.task("c");
    task.tell("d");
    task.done("e");
    both.say("f\ng");
    both.close();
    expect(first.written).toEqual(["", "a: b", "  c: begins", "  c: d", "  c: e (0.0 s)", "f", "g"]);
    expect(second.written).toEqual(first.written);
  });
});

describe("isLive", () => {
  it.each([
    ["a terminal", true, {}, true],
    ["a pipe", undefined, {}, false],
    ["CI, whatever it pretends to have", true, { CI: "true" }, false],
    ["a terminal that only takes lines", true, { TERM: "dumb" }, false],
  ])("is right for %s", (_where, isTTY, env, expected) => {
    expect(isLive({ isTTY }, env)).toBe(expected);
  });
});

describe("words", () => {
  it.each([
    [0, "0.0 s"],
    [9_900, "9.9 s"],
    [9_960, "10 s"],
    [59_700, "1 min 0 s"],
    [252_000, "4 min 12 s"],
  ])("say %d ms as %s", (milliseconds, text) => {
    expect(duration(milliseconds)).toBe(text);
  });

  it("cut what is too long, and what has more than a line", () => {
    expect(fit("Stopping Kafka\non every broker", 20)).toBe("Stopping Kafka");
    expect(fit("Stopping Kafka", 9)).toBe("Stopping…");
    expect(fit("Stopping Kafka", 0)).toBe("");
  });
});

describe("Speed", () => {
  it("is that of the last seconds, and starts anew when a download does", () => {
    const speed = new Speed();
    expect(speed.after(0, 0)).toBeUndefined();
    expect(speed.after(1e6, 1_000)).toBe(1e6);
    for (let second = 2; second <= 6; second++) speed.after(1e6 + (second - 1) * 10e6, second * 1_000);
    expect(speed.after(61e6, 7_000)).toBeCloseTo(10e6, -4);
    expect(speed.after(0, 7_100)).toBeUndefined();
  });
});
