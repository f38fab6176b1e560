import { existsSync, readFileSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { expect, it, onTestFinished, vi } from "vitest";
import { writeOrCheck } from "../../tools/writeOrCheck";
import { temporaryFolder } from "../local/setup/loopback";

it("what a generator makes is written, or only compared with what is there", async () => {
  const code = process.exitCode;
  const told = vi.spyOn(console, "error").mockImplementation(() => undefined);
  onTestFinished(() => {
    process.exitCode = code;
    told.mockRestore();
  });
  const folder = await temporaryFolder();
  const [same, stale, absent] = ["same", "stale", "absent"].map((name) => path.join(folder, name)) as [
    string,
    string,
    string,
  ];
  writeFileSync(same, "a");
  writeFileSync(stale, "b");
  const files = { [same]: "a", [stale]: "new", [absent]: "new" };

  writeOrCheck("npm run docs:x", files, true);
  expect(process.exitCode).toBe(1);
  expect(told.mock.calls.flat()).toEqual([
    expect.stringMatching(/^Stale: \S+\/stale, \S+\/absent\. Make anew: npm run docs:x$/),
  ]);
  expect(readFileSync(stale, "utf8")).toBe("b");
  expect(existsSync(absent)).toBe(false);

  process.exitCode = code;
  writeOrCheck("npm run docs:x", files, false);
  expect([same, stale, absent].map((file) => readFileSync(file, "utf8"))).toEqual(["a", "new", "new"]);
  writeOrCheck("npm run docs:x", files, true);
  expect(process.exitCode).toBe(code);
});
