import * as path from "node:path";
import { createInterface } from "node:readline";
import { execa } from "execa";
import { lockHolder } from "../../local/lock";
import { projectRoot } from "../../local/paths";
import { stopSupervisor } from "../../local/supervise";
import { figure } from "../measure/figure";
import { memoryOf } from "../measure/processTree";
import type { Bench, Context, Findings } from "../model";

/** `npm start` and `npm stop`, as they are run, with all downloads in place. */
export const startup: Bench = {
  about: "`npm start` with everything downloaded, once more when it is up, `npm stop`, and the memory of what runs",
  async run({ folder, rounds, progress, atEnd }: Context): Promise<Findings> {
    const samples: Record<string, number[]> = {};
    const add = (name: string, value: number) => {
      samples[name] = [...(samples[name] ?? []), value];
    };
    for (let round = 0; round < rounds(3); round++) {
      // A home of its own each time, as after a download: keys and certificates are made, too.
      const home = path.join(folder, String(round));
      atEnd(() => stopSupervisor(home));
      try {
        progress("npm start");
        for (const [phase, seconds] of Object.entries(await phases("start", home))) add(`start, ${phase}`, seconds);
        const holder = lockHolder(home);
        if (!holder) throw new Error("`npm start` ended, and nothing runs.");
        add("memory", memoryOf([holder.pid]));
        progress("npm start once more");
        add("again", (await phases("start", home)).all);
      } finally {
        progress("npm stop");
        add("stop", (await phases("stop", home)).all);
      }
    }
    return { figures: figures(samples) };
  },
};

function figures({ memory, again, stop, ...starts }: Record<string, number[]>) {
  const atMost = (limit: number) => ({ of: "value", is: "at most", limit }) as const;
  const { "start, all": all, ...parts } = starts;
  return [
    figure("s", { name: "`npm start`, everything downloaded", samples: all }, undefined, atMost(60)),
    ...Object.entries(parts).map(([name, samples]) => figure("s", { name: `of that: ${name.slice(7)}`, samples })),
    figure("s", { name: "`npm start` once more", samples: again }, undefined, atMost(10)),
    figure("s", { name: "`npm stop`", samples: stop }, undefined, atMost(10)),
    figure("MB", { name: "memory of all that runs", samples: memory }, undefined, atMost(3072)),
  ];
}

/** Runs a command of the local environment, and tells how long each phase took that it announces, and `all`, in seconds. */
async function phases(command: "start" | "stop", home: string): Promise<Record<string, number>> {
  const begin = performance.now();
  const began: [string, number][] = [];
  const running = execa(process.execPath, ["local/bootstrap.mjs", command], {
    cwd: projectRoot,
    env: { STREAMING_TWIN_DIR: home, NO_COLOR: "1" },
    stdin: "ignore",
  });
  createInterface({ input: running.stdout }).on("line", (line) => {
    const name = phaseIn(line);
    if (name) began.push([name, performance.now()]);
  });
  await running;
  const end = performance.now();
  const lengths = began.map(([name, from], index) => [name, ((began[index + 1]?.[1] ?? end) - from) / 1000]);
  return { ...Object.fromEntries(lengths), all: (end - begin) / 1000 };
}

/** The phase that a line of output begins, such as "2/4 Services". */
export function phaseIn(line: string): string | undefined {
  return /^\W*\d+\/\d+ (\w+)/.exec(line)?.[1].toLowerCase();
}
