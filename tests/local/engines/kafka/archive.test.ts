import { spawn } from "node:child_process";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { afterAll, expect, test } from "vitest";
import { kafkaJava, sweepTrainings, withClassData } from "../../../../local/engines/kafka";
import { HostProcess } from "../../../../local/hostProcess";
import { classpath } from "../../../../local/setup/jars";
import { javaBinary } from "../../../../local/setup/prerequisites";
import { processesNaming } from "../../processes";

const tools = fs.mkdtempSync(path.join(tmpdir(), "tools-"));
afterAll(() => fs.rmSync(tools, { recursive: true }));

test("what a making of the archive left that was killed is ended and removed, one under way is left alone", async () => {
  const gone = spawn("true");
  await new Promise((resolve) => gone.on("exit", resolve));
  const [dead, live] = [gone.pid, process.pid].map((pid) => path.join(tools, "class-data", `training-${pid}-x`));
  if (!dead || !live) throw new Error("no process ids");
  for (const folder of [dead, live]) {
    const host = path.join(folder, "cluster", "wn0");
    fs.mkdirSync(host, { recursive: true });
    new HostProcess(path.join(host, "process")).start({
      command: ["bash", "-c", "while :; do sleep 0.1; done", folder],
      cwd: host,
      env: { PATH: process.env.PATH ?? "" },
      stdout: path.join(host, "out"),
      stderr: path.join(host, "err"),
    });
    await expect.poll(() => fs.existsSync(path.join(host, "process"))).toBe(true);
  }
  await sweepTrainings(tools);
  expect(processesNaming(dead)).toEqual([]);
  expect(fs.existsSync(dead)).toBe(false);
  expect(processesNaming(live)).not.toEqual([]);
  await new HostProcess(path.join(live, "cluster", "wn0", "process")).stop({ grace: 0 });
  fs.rmSync(live, { recursive: true });
});

test("an archive is made once, used by name, and nothing but it is left", async () => {
  const java = kafkaJava(javaBinary(), classpath("kafka"));
  const fail = (reason: Error) => {
    throw reason;
  };
  const made = await withClassData(java, tools, fail);
  const [archive] = fs.readdirSync(path.join(tools, "class-data"));
  expect(made.options).toContain(`-XX:SharedArchiveFile=${path.join(tools, "class-data", `${archive}`)}`);
  expect(fs.readdirSync(path.join(tools, "class-data"))).toEqual([expect.stringMatching(/^kafka-\w+\.jsa$/)]);
  const file = path.join(tools, "class-data", `${archive}`);
  const { mtimeMs } = fs.statSync(file);
  expect(await withClassData(java, tools, fail)).toEqual(made);
  expect(fs.statSync(file).mtimeMs).toBe(mtimeMs);
  expect(processesNaming(tools)).toEqual([]);
}, 240_000);

test("a JVM without one is used as it is, and the reason told", async () => {
  const broken = { ...kafkaJava(javaBinary(), classpath("kafka")), options: ["-XX:NoSuchOption"] };
  const elsewhere = path.join(tools, "elsewhere");
  let reason = "";
  expect(await withClassData(broken, elsewhere, ({ message }) => (reason = message))).toBe(broken);
  expect(reason).toContain("NoSuchOption");
}, 120_000);
