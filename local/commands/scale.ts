import { readFileSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { parseDocument } from "yaml";
import { projectRoot } from "../paths";
import { stackName } from "../stack/configuration";
import { LocalStack } from "../stack/localStack";
import { workersOf } from "../stack/workers";
import { engine } from "./engine";

const key = "streaming:kafkaWorkers";
const stackFile = path.join(projectRoot, `Pulumi.${stackName}.yaml`);

/** Writes another number of brokers into the stack file and deploys it, as a person would. */
export async function scale(workers: number): Promise<void> {
  const before = await changeWorkers(stackFile, workers, {
    there: () => workersOf().length,
    check: () => preview(workers),
    deploy: () => engine("up", [], {}),
  });
  if (before !== undefined && workers > before) {
    console.log("\nNew brokers get partitions of new topics only. Move some of those that there are:\n");
    console.log("  npm run rebalance -- --stack local           # shows what it would move; --apply moves it");
  }
}

/** What changing the number of brokers needs of the environment. */
export interface Steps {
  /** How many brokers there are. */
  there(): number;
  /** Rejects, with the reason, when the stack cannot have the new number. */
  check(): Promise<void>;
  /** Deploys what the file says. */
  deploy(): Promise<void>;
}

/**
 * Changes the number in a stack file and deploys it. The file is touched only when the number can be had, and is put back
 * when the deployment failed before there were so many brokers: HDInsight takes none away, so that a file which says
 * another number than there are would fail each deployment after it.
 *
 * @returns the number that the file had; undefined where it left that to the default
 */
export async function changeWorkers(file: string, workers: number, steps: Steps): Promise<number | undefined> {
  const name = path.basename(file);
  const text = readFileSync(file, "utf8");
  const { changed, before } = withWorkers(text, workers);
  const there = steps.there();
  if (workers < there) {
    throw new Error(
      `There are ${there} brokers, and HDInsight takes none from a running Kafka cluster. ${name} is as it was. ` +
        `For ${workers}: \`npm stop\`, edit \`${key}\` in it, \`npm start\`.`,
    );
  }
  await steps.check().catch((error: Error) => {
    throw new Error(`${error.message}\n\nNothing was changed, and ${name} is as it was.`);
  });
  if (before === workers) console.log(`\`${key}\` is ${workers} already.`);
  else {
    writeFileSync(file, changed);
    console.log(`\`${key}\` in ${name}: ${before ?? "its default"} → ${workers}`);
  }
  try {
    await steps.deploy();
  } catch (error) {
    if (before === workers || steps.there() === workers) throw error;
    writeFileSync(file, text);
    throw new Error(`${(error as Error).message}\n${name} is as it was.`);
  }
  return before;
}

/** Lets the program look at its configuration with so many brokers. */
async function preview(workers: number): Promise<void> {
  const stack = await LocalStack.open(undefined, undefined, { [key]: workers });
  const { failed, stdout, stderr } = await stack.run("preview", ["--color", "never"], {
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    reject: false,
  });
  if (failed) throw new Error(diagnosticsOf(String(stdout)) || String(stderr || stdout).trim());
}

/** What the engine says of what is wrong, at the end of its display. */
export function diagnosticsOf(display: string): string {
  const start = display.indexOf("Diagnostics:");
  return start < 0 ? "" : display.slice(start + "Diagnostics:".length).trim();
}

/** A stack file with so many workers, its comments and all else as they were; and how many there were. */
export function withWorkers(text: string, workers: number): { changed: string; before: number | undefined } {
  const document = parseDocument(text);
  const before = document.getIn(["config", key]);
  document.setIn(["config", key], workers);
  return { changed: document.toString({ lineWidth: 0 }), before: before === undefined ? undefined : Number(before) };
}
