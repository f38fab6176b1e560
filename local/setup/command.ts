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

/** Children of commands under way: nothing that set-up starts outlives this process. */
const running = new Set<ChildProcess>();
const endings = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

process.once("exit", () => endChildren("SIGTERM"));

function endChildren(signal: NodeJS.Signals): void {
  for (const child of running) child.kill(signal);
}

/** Ends the children, and then this process as the signal would have, unless somebody else here answers it. */
function onEnding(signal: NodeJS.Signals): void {
  endChildren(signal);
  if (process.listenerCount(signal) > 1) return;
  process.off(signal, onEnding);
  process.kill(process.pid, signal);
}

function started(child: ChildProcess): void {
  if (running.size === 0) for (const signal of endings) process.on(signal, onEnding);
  running.add(child);
}

function ended(child: ChildProcess): void {
  running.delete(child);
  if (running.size === 0) for (const signal of endings) process.off(signal, onEnding);
}

/**
 * Runs a program without a shell and returns its standard output.
 * Rejects when it cannot be started or does not exit with 0, with the last lines it wrote.
 */
export function runCommand(file: string, args: string[], options: CommandOptions = {}): Promise<string> {
  const { cwd, env, onErrorLine, timeout } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { cwd, env: env ?? process.env, stdio: ["ignore", "pipe", "pipe"], timeout });
    started(child);
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
      ended(child);
      reject(new Error(`${path.basename(file)} cannot be started: ${error.message}`));
    });
    child.once("close", (code, signal) => {
      ended(child);
      if (code === 0) return resolve(output);
      const ending = signal ? `was ended by ${signal}` : `exited with ${code}`;
      const said = lastLines.join("\n") || output.trim().split("\n").slice(-30).join("\n");
      reject(new Error(`${[path.basename(file), ...args.slice(0, 2)].join(" ")} ${ending}${said && `:\n${said}`}`));
    });
  });
}
