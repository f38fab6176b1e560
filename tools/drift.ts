import "./diff/lazyPackages.cjs";
import { Command } from "commander";
import { Lines } from "../local/display/lines";
import { ensureEngine } from "../local/setup";
import { end, progress, type ReportFlags, show, withReportFlags } from "./diff/command";
import { deployedReport } from "./diff/deployed";
import { wording } from "./diff/drifted";
import { workingTree } from "./diff/source";
import { checkStacks } from "./diff/stacks";

interface Flags extends ReportFlags {
  stack: string[];
}

const program = withReportFlags(
  new Command("drift")
    .description(
      "Shows what in a stack is not as the code says, such as what somebody changed by hand: a preview that looks at what is\n" +
        "there first. Nothing is changed, in Azure or in the state. It needs the stack's login.\n" +
        "Ends with 0 when nothing differs, with 1 when something does, with 2 when it cannot be told.",
    )
    .requiredOption("--stack <name...>", "stacks to look at"),
);

async function main(flags: Flags): Promise<number> {
  checkStacks(flags.stack, await workingTree());
  await ensureEngine({ display: new Lines({ write: progress }) });
  const report = await deployedReport(flags.stack, wording, { refresh: true, onProgress: progress });
  show(report, flags);
  if (report.stacks.some(({ failure }) => failure)) return 2;
  return report.grade === "none" ? 0 : 1;
}

void end(main(program.parse().opts<Flags>()));
