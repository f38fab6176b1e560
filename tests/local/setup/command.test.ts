import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import * as path from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { projectRoot } from "../../../local/paths";
import { findOnPath, runCommand } from "../../../local/setup/command";
import { temporaryFolder } from "./loopback";

const node = (script: string, ...rest: string[]) => ["-e", script, ...rest];

describe("runCommand", () => {
  it("returns what the program writes, and passes its error lines on as they come", async () => {
    const lines: string[] = [];
    const script = "console.log('out'); console.error('one'); console.error('two')";
    expect(await runCommand(process.execPath, node(script), { onErrorLine: (line) => lines.push(line) })).toBe("out\n");
    expect(lines).toEqual(["one", "two"]);
  });

  it("rejects with the exit code and the last lines", async () => {
    const script = "for (let i = 0; i < 100; i++) console.error('line', i); process.exitCode = 3";
    const error: Error = await runCommand(process.execPath, node(script)).catch((failure) => failure);
    expect(error.message).toMatch(/exited with 3:\nline 70\n/);
    expect(error.message).toMatch(/line 99$/);
  });

  it("ends a program that takes too long", async () => {
    const script = "setTimeout(() => {}, 60_000)";
    await expect(runCommand(process.execPath, node(script), { timeout: 200 })).rejects.toThrow("was ended by SIGTERM");
  });

  it("says that a program cannot be started", async () => {
    await expect(runCommand("/nowhere/go", [])).rejects.toThrow("go cannot be started: spawn /nowhere/go ENOENT");
  });
});

describe("a process that is told to end while it runs a command", () => {
  it("ends the command too, and then ends by the same signal", async () => {
    const folder = await temporaryFolder();
    const file = path.join(folder, "parent.ts");
    const command = path.join(projectRoot, "local", "setup", "command");
    writeFileSync(
      file,
      `import { runCommand } from ${JSON.stringify(command)};
       const child = "console.error(process.pid); setInterval(() => {}, 1000)";
       void runCommand(process.execPath, ["-e", child], { onErrorLine: (pid) => console.log(pid) });`,
    );
    const parent = spawn(process.execPath, ["--import", "tsx", file], {
      cwd: projectRoot,
      stdio: ["ignore", "pipe", "inherit"],
    });
    const pid = Number(String((await once(parent.stdout, "data"))[0]));
    parent.kill("SIGTERM");
    expect((await once(parent, "close"))[1]).toBe("SIGTERM");
    onTestFinished(() => void (isAlive(pid) && process.kill(pid, "SIGKILL")));
    // An orphan stays visible until the system has collected it, which may take a while.
    await expect.poll(() => isAlive(pid), { timeout: 15_000 }).toBe(false);
  });
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe("findOnPath", () => {
  it("finds executables in order, and neither plain files nor folders", async () => {
    const [first, second, third] = [await temporaryFolder(), await temporaryFolder(), await temporaryFolder()];
    writeFileSync(path.join(first, "tool"), "", { mode: 0o644 });
    writeFileSync(path.join(second, "tool"), "", { mode: 0o755 });
    writeFileSync(path.join(third, "tool"), "", { mode: 0o755 });
    expect(findOnPath("tool", ["relative", first, second, third].join(path.delimiter))).toEqual([
      path.join(second, "tool"),
      path.join(third, "tool"),
    ]);
  });
});
