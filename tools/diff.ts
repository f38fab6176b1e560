import { writeFileSync } from "node:fs";
import * as path from "node:path";
import { Command, Option } from "commander";
import { projectRoot } from "../local/paths";
import { ensureSetup } from "../local/setup";
import { accepted } from "./diff/acceptance";
import { type Grade, grades } from "./diff/model";
import { renderers } from "./diff/render";
import { diff, stacksOf } from "./diff/run";
import { checkOut, workingTree } from "./diff/source";

interface Flags {
  base: string;
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
  .requiredOption("--base <ref>", "commit that is deployed, such as origin/main")
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
  const base = await checkOut(flags.base, cache);
  const head = flags.head === undefined ? await workingTree() : await checkOut(flags.head, cache);
  const stacks = flags.stack ?? [...new Set([base, head].flatMap(stacksOf))].sort();
  const report = await diff({ base, head, stacks, cache, policyPack: flags.policyPack, onProgress: progress });
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

main(program.parse().opts<Flags>())
  .catch((error: Error) => {
    console.error(error.message);
    return 2;
  })
  .then((code) => {
    process.exitCode = code;
  });
