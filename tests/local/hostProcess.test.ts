import * as fs from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { HostProcess } from "../../local/hostProcess";
import { processesNaming } from "./processes";

let folder: string;
let record: string;

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(tmpdir(), "process-"));
  record = path.join(folder, "record");
});
afterEach(async () => {
  await new HostProcess(record).stop({ grace: 0 });
  expect(processesNaming(folder)).toEqual([]);
  fs.rmSync(folder, { recursive: true });
});

function start(script: string): HostProcess {
  const made = new HostProcess(record);
  made.start({
    command: ["bash", "-c", script, folder],
    cwd: folder,
    env: { PATH: process.env.PATH ?? "", MINE: "1" },
    stdout: path.join(folder, "out"),
    stderr: path.join(folder, "err"),
  });
  return made;
}

const output = () => fs.readFileSync(path.join(folder, "out"), "utf8");

test("a process has only the environment that it was given", async () => {
  const made = start("compgen -e | sort | tr '\\n' ' '");
  await expect.poll(() => made.running).toBe(false);
  const shellsOwn = ["OLDPWD", "PWD", "SHLVL", "_"];
  expect(
    output()
      .trim()
      .split(" ")
      .filter((name) => !shellsOwn.includes(name)),
  ).toEqual(["MINE", "PATH"]);
  expect(made.ending).toBe("exited with code 0");
});

test("another supervisor finds it by its record, and ends it with all that it started", async () => {
  const made = start("sleep 600 & echo ready; wait");
  await expect.poll(() => fs.existsSync(record) && output()).toBe("ready\n");
  const other = new HostProcess(record);
  expect(other.running).toBe(true);
  expect(other.pid).toBe(made.pid);
  await other.stop({ grace: 2_000 });
  expect(other.running).toBe(false);
  await expect.poll(() => made.running).toBe(false);
  expect(made.ending).toBe("was ended by SIGTERM");
  expect(fs.existsSync(record)).toBe(false);
});

test("one that ignores SIGTERM gets SIGKILL after the grace", async () => {
  const made = start("trap '' TERM; echo ready; while :; do sleep 0.1; done");
  await expect.poll(output).toBe("ready\n");
  const began = Date.now();
  await made.stop({ grace: 300 });
  expect(Date.now() - began).toBeGreaterThanOrEqual(300);
  expect(processesNaming(folder)).toEqual([]);
});

test("a process id that belongs to somebody else by now is not taken for it, and not signalled", async () => {
  const victim = start("sleep 600");
  await expect.poll(() => fs.existsSync(record) && fs.readFileSync(record, "utf8")).toMatch(/\n$/);
  const [pid, boot, ticks] = fs.readFileSync(record, "utf8").trim().split(" ");
  const elsewhere = path.join(folder, "elsewhere");
  fs.writeFileSync(elsewhere, `${pid} ${boot} ${Number(ticks) - 1}\n`);
  const mistaken = new HostProcess(elsewhere);
  expect(mistaken.running).toBe(false);
  await mistaken.stop({ grace: 0 });
  expect(victim.running).toBe(true);
});

test("a second start while it runs is refused", async () => {
  const made = start("echo ready; exec sleep 600");
  await expect.poll(output).toBe("ready\n");
  expect(() =>
    made.start({
      command: ["true"],
      cwd: folder,
      env: {},
      stdout: path.join(folder, "o"),
      stderr: path.join(folder, "e"),
    }),
  ).toThrow("runs already");
});

test("a damaged record is no process", () => {
  fs.writeFileSync(record, "12");
  expect(new HostProcess(record).running).toBe(false);
});
