import * as path from "node:path";
import { execa } from "execa";
import { projectRoot } from "../paths";
import { stackName } from "../stack/configuration";

/** Runs one of the commands that work on any stack, on this one. */
export async function tool(name: string, args: readonly string[]): Promise<void> {
  const file = path.join(projectRoot, "tools", `${name}.ts`);
  const command = ["--import", "tsx", file, "--stack", stackName, ...args];
  const { exitCode, signal } = await execa(process.execPath, command, { stdio: "inherit", reject: false });
  if (signal && signal !== "SIGINT") throw new Error(`\`${name}\` was ended by ${signal}.`);
  process.exitCode = exitCode ?? 0;
}
