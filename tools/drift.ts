import { writeFileSync } from "node:fs";
import { Command, Option } from "commander";
import { ensureSetup } from "../local/setup";
import { previewDeployed, stackCli } from "./diff/deployed";
import { type StackReport, worst } from "./diff/model";
import { renderers } from "./diff/render";
import { workingTree } from "./diff/source";

interface Flags {
  stack: string[];
  format: keyof typeof renderers;
  output?: string;
}

const program = new Command("drift")
  .description(
    "Shows what in a stack is not as the code says, such as what somebody changed by hand: a preview that looks at what is\n" +
      "there first. Nothing is changed, in Azure or in the state. It needs the stack's login.\n" +
      "Ends with 0 when nothing differs, with 1 when something does, with 2 when it cannot be told.",
  )
  .requiredOption("--stack <name...>", "stacks to look at")
  .addOption(new Option("--format <format>").choices(Object.keys(renderers)).default("terminal"))
  .option("--output <file>", "write the report there, and not to the terminal")
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2));

async function main({ stack: names, format, output }: Flags): Promise<number> {
  const progress = (line: string) => console.error(`${line} ...`);
  await ensureSetup({ onProgress: progress });
  const stacks: StackReport[] = [];
  for (const name of names) {
    progress(`${name}: looking at what is there`);
    stacks.push(await previewDeployed(name, await stackCli(name), { refresh: true }));
  }
  const { commit } = await workingTree();
  const report = {
    subject: "What is not as the code says, and `pulumi up` would undo",
    base: "what is there",
    head: `the code (${commit.slice(0, 8)})`,
    grade: worst(stacks),
    stacks,
    notebooks: [],
  };
  const text = renderers[format](report);
  if (output === undefined) console.log(text);
  else writeFileSync(output, `${text}\n`);
  if (stacks.some(({ failure }) => failure)) return 2;
  return report.grade === "none" ? 0 : 1;
}

main(program.parse().opts<Flags>())
  .catch((error: Error) => {
    console.error(error.message);
    return 2;
  })
  .then((code) => {
    process.exitCode = code;
  });
