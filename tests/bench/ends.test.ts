import { execa } from "execa";
import { describe, expect, it, vi } from "vitest";
import { Ends } from "../../bench/ends";
import { projectRoot } from "../../local/paths";

describe("what a bench has started", () => {
  it("is ended from the last to the first, once, whatever fails on the way", async () => {
    const told = vi.spyOn(console, "error").mockImplementation(() => undefined);
    const ended: string[] = [];
    const ends = new Ends();
    ends.add(async () => ended.push("folder"));
    ends.add(() => Promise.reject(new Error("The brokers do not end.")));
    ends.add(async () => ended.push("notebooks"));
    await ends.run();
    await ends.run();
    expect(ended).toEqual(["notebooks", "folder"]);
    expect(told.mock.calls).toEqual([["The brokers do not end."]]);
    told.mockRestore();
  });

  it("is ended when the bench is cut short, which then ends by the signal", async () => {
    const script = [
      'const { Ends } = require("./bench/ends.ts");',
      "const ends = new Ends();",
      "const busy = setInterval(() => undefined, 1000);",
      'ends.add(async () => console.log("ended"));',
      'console.log("begun");',
    ].join("\n");
    const running = execa(process.execPath, ["--import", "tsx", "--eval", script], {
      cwd: projectRoot,
      reject: false,
    });
    running.stdout.once("data", () => running.kill("SIGTERM"));
    expect(await running).toMatchObject({ stdout: "begun\nended", signal: "SIGTERM" });
  });
});
