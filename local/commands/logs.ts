import { existsSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { twinPaths } from "../paths";
import { LocalStack } from "../stack/localStack";

const followIntervalMs = 1_000;

/** Prints the last lines of what the services or one of the jobs wrote, and more as it comes with `follow`. */
export async function logs(source: string, options: { follow?: boolean; lines: number }): Promise<void> {
  const read = await reader(source);
  let text = await read();
  const lines = text.trimEnd().split("\n");
  console.log(lines.slice(-options.lines || lines.length).join("\n"));
  while (options.follow) {
    await sleep(followIntervalMs);
    const now = await read();
    // A new run of a job starts a new log.
    process.stdout.write(now.startsWith(text) ? now.slice(text.length) : now);
    text = now;
  }
}

async function reader(source: string): Promise<() => Promise<string>> {
  const home = twinPaths().root;
  if (source === "services") {
    const file = path.join(twinPaths(home).logs, "twin.log");
    return async () => (existsSync(file) ? readFileSync(file, "utf8") : "");
  }
  if (source !== "producer" && source !== "consumer") {
    throw new Error(`There are logs of \`services\`, \`producer\` and \`consumer\`, and none of \`${source}\`.`);
  }
  const stack = await LocalStack.open(home);
  const outputs = await stack.outputs();
  const client = stack.deployedWorkspace(outputs);
  if (!client) throw new Error("The stack is not deployed. Deploy it with `npm run local -- up`.");
  return async () => {
    const run = await client.lastRun(String(outputs[`${source}JobUrl`]));
    return run ? client.log(run) : "";
  };
}
