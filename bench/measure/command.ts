import { execa, type Options } from "execa";
import { ProcessTree } from "./processTree";

/** What a run of a command took. */
export type Cost = Record<"seconds" | "cpuSeconds" | "peakMB", number>;

/** Runs a command and measures it with all that it starts. Rejects, with what it said, when it fails. */
export async function measure(file: string, args: readonly string[], options: Options = {}): Promise<Cost> {
  const begin = performance.now();
  const running = execa(file, args, { stdin: "ignore", ...options });
  const tree = new ProcessTree(running.pid === undefined ? [] : [running.pid]);
  try {
    await running;
  } finally {
    tree.stop();
  }
  return { seconds: (performance.now() - begin) / 1000, ...tree.stop() };
}
