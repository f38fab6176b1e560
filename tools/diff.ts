import { writeFileSync } from "node:fs";
import * as path from "node:path";
import { Command, Option } from "commander";
import { projectRoot } from "../local/paths";
import { ensureSetup } from "../local/setup";
import { accepted } from "./diff/acceptance";
import { previewDeployed, stackCli } from "./diff/deployed";
import { type DiffReport, type Grade, grades, type StackReport, worst } from "./diff/model";
import { renderers } from "./diff/render";
import { diff, stacksOf } from "./diff/run";
import { checkOut, workingTree } from "./diff/source";

interface Flags {
  base?: string;
  againstState?: true;
  head?: string;
  stack?: string[];
  format: keyof typeof renderers;
  output?: string;
  failOn?: Grade;
  policyPack?: string;
}

const program = new Command("diff")
  .description(
    "Shows what a version of the project would change in each environment. It deploys the base version on services that\n" +
      "imitate Azure's, without a login, and previews the other one against that with the real engine.\n" +
      "Ends with 0; with 1 when a change is as bad as `--fail-on` says and is not accepted; with 2 when it cannot be told.",
  )
  .option("--base <ref>", "commit that is deployed, such as origin/main")
  .option("--against-state", "compare with the stacks' real states instead; needs their logins")
  .option("--head <ref>", "commit that would be deployed next (default: the files as they are now)")
  .option("--stack <name...>", "stacks to compare (default: all that have a file, but for local)")
  .addOption(new Option("--format <format>").choices(Object.keys(renderers)).default("terminal"))
  .option("--output <file>", "write the report there, and not to the terminal")
  .addOption(new Option("--fail-on <grade>", "end with 1 from this grade on").choices(grades.slice(1)))
  .option("--policy-pack <folder>", "check the new version against the policies in this folder")
  .addHelpText(
    "after",
    "\nA change is accepted when PULL_REQUEST_LABELS (a JSON list) has `accept-destructive` or `accept-disruptive`, or\n" +
      "PULL_REQUEST_BODY has a line such as `Accept destructive: prod`.",
  )
  // A wrong command line compares nothing either.
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2));

async function main(flags: Flags): Promise<number> {
  const progress = (line: string) => console.error(`${line} ...`);
  await ensureSetup({ onProgress: progress });
  const cache = path.join(projectRoot, ".local", "diff");
  const report = flags.againstState ? await withState(flags, progress) : await withBase(flags, cache, progress);
  const text = renderers[flags.format](report);
  if (flags.output === undefined) console.log(text);
  else writeFileSync(flags.output, `${text}\n`);

  const { failOn } = flags;
  if (failOn === undefined) return 0;
  const open = report.stacks.filter(
    (stack) => grades.indexOf(stack.grade) >= grades.indexOf(failOn) && !accepted(stack),
  );
  for (const { stack, grade } of open) {
    console.error(
      `The change is ${grade} for \`${stack}\`. To accept it, label the pull request \`accept-${grade}\`, or write a line ` +
        `\`Accept ${grade}: ${stack}\` in its description.`,
    );
  }
  return open.length > 0 ? 1 : 0;
}

async function withBase({ base: ref, head: next, stack, policyPack }: Flags, cache: string, onProgress: Progress) {
  if (ref === undefined) throw new Error("What is deployed has to be named: `--base REF`, or `--against-state`.");
  const base = await checkOut(ref, cache);
  const head = next === undefined ? await workingTree() : await checkOut(next, cache);
  const stacks = stack ?? [...new Set([base, head].flatMap(stacksOf))].sort();
  return diff({ base, head, stacks, cache, policyPack, onProgress });
}

async function withState({ base, head, stack: names, policyPack }: Flags, onProgress: Progress): Promise<DiffReport> {
  if (base !== undefined || head !== undefined) {
    throw new Error(
      "`--against-state` compares the files as they are now with what is deployed: leave out `--base` and `--head`.",
    );
  }
  const source = await workingTree();
  const stacks: StackReport[] = [];
  for (const stack of names ?? stacksOf(source)) {
    onProgress(`${stack}: previewing`);
    stacks.push(await previewDeployed(stack, await stackCli(stack), { policyPack }));
  }
  return {
    subject: "What `pulumi up` would do",
    base: "what is deployed",
    head: `working tree on ${source.commit.slice(0, 8)}`,
    grade: worst(stacks),
    stacks,
    notebooks: [],
  };
}

type Progress = (line: string) => void;

main(program.parse().opts<Flags>())
  .catch((error: Error) => {
    console.error(error.message);
    return 2;
  })
  .then((code) => {
    process.exitCode = code;
  });
