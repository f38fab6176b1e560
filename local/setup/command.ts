import { type ChildProcess, spawn } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import * as path from "node:path";
import { createInterface } from "node:readline";

/** Where `name` is on PATH: every executable of that name, in PATH's order. */
export function findOnPath(name: string, searchPath = process.env.PATH ?? ""): string[] {
  return searchPath
    .split(path.delimiter)
    .filter((folder) => path.isAbsolute(folder))
    .map((folder) => path.join(folder, name))
    .filter(isExecutable);
}

export function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

export interface CommandOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** Called with every line that the command writes to standard error. */
  onErrorLine?: (line: string) => void;
  /** Milliseconds after which the command is ended. Default: none. */
  timeout?: number;
}

/** Children of commands under way, ended with this process: nothing that set-up starts outlives it. */
const running = new Set<ChildProcess>();
process.once("exit", () => {
  for (const child of running) child.kill("SIGTERM");
});

/**
 * Runs a program without a shell and returns its standard output.
 * Rejects when it cannot be started or does not exit with 0, with the last lines it wrote.
 */
export function runCommand(file: string, args: string[], options: CommandOptions = {}): Promise<string> {
  const { cwd, env, onErrorLine, timeout } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { cwd, env: env ?? process.env, stdio: ["ignore", "pipe", "pipe"], timeout });
    running.add(child);
    let output = "";
    const lastLines: string[] = [];
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
    createInterface({ input: child.stderr }).on("line", (line) => {
      if (lastLines.push(line) > 30) lastLines.shift();
      onErrorLine?.(line);
    });
    child.once("error", (error) => {
      running.delete(child);
      reject(new Error(`${path.basename(file)} cannot be started: ${error.message}`));
    });
    child.once("close", (code, signal) => {
      running.delete(child);
      if (code === 0) return resolve(output);
      const ending = signal ? `was ended by ${signal}` : `exited with ${code}`;
      const said = lastLines.join("\n") || output.trim().split("\n").slice(-30).join("\n");
      reject(new Error(`${[path.basename(file), ...args.slice(0, 2)].join(" ")} ${ending}${said && `:\n${said}`}`));
    });
  });
}
