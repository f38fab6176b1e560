import "./diff/lazyPackages.cjs";
import * as path from "node:path";
import { Command, Option } from "commander";
import { Lines } from "../local/display/lines";
import { projectRoot } from "../local/paths";
import { ensureEngine } from "../local/setup";
import { exitCodeOf, gateOf } from "./diff/acceptance";
import { end, progress, type ReportFlags, show, withReportFlags } from "./diff/command";
import { deployedReport } from "./diff/deployed";
import { type DiffReport, type Grade, grades } from "./diff/model";
import { policyPackOf } from "./diff/policies";
import { gateLines } from "./diff/render/words";
import { diff, subject } from "./diff/run";
import { checkOut, workingTree } from "./diff/source";
import { checkStacks, stacksOf } from "./diff/stacks";
import { ownName } from "./stackConfiguration";

interface Flags extends ReportFlags {
  base?: string;
  againstState?: true;
  head?: string;
  stack?: string[];
  failOn?: Grade;
  policyPack?: string;
  policyPackConfig?: string;
}

const program = withReportFlags(
  new Command("diff")
    .description(
      "Shows what a version of the project would change in each environment. It deploys the base version with the real\n" +
        "engine, on services that imitate Azure's and need no login, and the other one over it.\n" +
        "Ends with 0; with 1 when a change is as bad as `--fail-on` says and is not accepted; with 2 when it cannot be told,\n" +
        "unless it is the base that cannot be deployed, and that is accepted.",
    )
    .option("--base <ref>", "commit that is deployed, such as origin/main")
    .option("--against-state", "compare with the stacks' real states instead; needs their logins")
    .option("--head <ref>", "commit that would be deployed next (default: the files as they are now)")
    .option("--stack <name...>", "stacks to compare (default: all that have a file, but for local)")
    .addOption(new Option("--fail-on <grade>", "end with 1 from this grade on").choices(grades.slice(1)))
    .option("--policy-pack <folder>", "check the new version against the policies in this folder")
    .option("--policy-pack-config <file>", "what they ask for (default: STACK.json in that folder, where it is there)")
    .addHelpText(
      "after",
      "\nA change is accepted when PULL_REQUEST_LABELS (a JSON list) has `accept-destructive` or `accept-disruptive`, or\n" +
        "PULL_REQUEST_BODY has a line such as `Accept destructive: prod`.",
    ),
);

async function main(flags: Flags): Promise<number> {
  await ensureEngine({ display: new Lines({ write: progress }) });
  const found = flags.againstState ? await withState(flags) : await withBase(flags);
  const gate = flags.failOn && gateOf(found.stacks, flags.failOn);
  const report = { ...found, ...(gate && { gate }) };
  show(report, flags);

  const code = exitCodeOf(report);
  if (code > 0 && gate && gate.open.length > 0) {
    for (const line of gateLines(report, (text) => `\`${text}\``)) console.error(line);
  }
  return code;
}

async function withBase({ base: ref, head: next, stack, ...flags }: Flags): Promise<DiffReport> {
  if (ref === undefined) throw new Error("What is deployed has to be named: `--base REF`, or `--against-state`.");
  const cache = path.join(projectRoot, ".local", "diff");
  const base = await checkOut(ref, cache);
  const head = next === undefined ? await workingTree() : await checkOut(next, cache);
  checkStacks(stack ?? [], base, head);
  // An organization is where a stack is deployed, and here it is deployed nowhere.
  const stacks = [...new Set(stack?.map(ownName) ?? [base, head].flatMap(stacksOf).sort())];
  return diff({ base, head, stacks, cache, policies: policiesOf(flags), onProgress: progress });
}

async function withState({ base, head, stack, ...flags }: Flags): Promise<DiffReport> {
  if (base !== undefined || head !== undefined) {
    throw new Error(
      "`--against-state` compares the files as they are now with what is deployed: leave out `--base` and `--head`.",
    );
  }
  const options = { policies: policiesOf(flags), onProgress: progress };
  const tree = await workingTree();
  checkStacks(stack ?? [], tree);
  return deployedReport(stack ?? stacksOf(tree), { subject, base: "what is deployed" }, options);
}

function policiesOf({ policyPack, policyPackConfig }: Pick<Flags, "policyPack" | "policyPackConfig">) {
  if (policyPack !== undefined) return policyPackOf(policyPack, policyPackConfig);
  if (policyPackConfig === undefined) return undefined;
  throw new Error("`--policy-pack-config` says what policies ask for: name them with `--policy-pack FOLDER`.");
}

void end(main(program.parse().opts<Flags>()));
