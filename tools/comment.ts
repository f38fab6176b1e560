import { Command, InvalidArgumentError } from "commander";
import { bodyOf, markerOf, readUntrusted } from "./comment/body";
import { repository } from "./comment/github";
import { writeIssue } from "./comment/issue";
import { type Outcome, writeComment } from "./comment/pullRequest";
import { verifyRun } from "./comment/run";

interface Flags {
  report: string;
  name: string;
  author?: string;
}

interface PullRequestFlags extends Flags {
  number?: number;
  numberFile?: string;
  run?: number;
}

interface IssueFlags extends Flags {
  title: string;
  label: string;
  resolved?: boolean;
}

/** Four bytes for each character that a comment takes. */
const reportBytes = 262_144;

const program = new Command("comment")
  .description(
    "Writes a report to GitHub, always to the same place: what an earlier run wrote is edited. Only what the token's own\n" +
      "account wrote is touched. Needs GITHUB_TOKEN and GITHUB_REPOSITORY; GITHUB_API_URL where it is not github.com.\n" +
      "Ends with 0, and with 1 when the report could not be written.",
  )
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 1));

command("pull-request", "the one comment of a pull request", "diff")
  .option("--number <number>", "the pull request", positive)
  .option("--number-file <file>", "the pull request, by a file that has its number; needs --run")
  .option("--run <id>", "write only if this workflow run was of what the pull request is at now", positive)
  .action((flags: PullRequestFlags) => finish(onPullRequest(flags)));

command("issue", "the one open issue that has a label", "drift")
  .requiredOption("--title <text>", "its title")
  .option("--label <label>", "its label", "drift")
  .option("--resolved", "close it, with this report; open none")
  .action((flags: IssueFlags) => finish(onIssue(flags)));

function command(name: string, description: string, marker: string): Command {
  return program
    .command(name)
    .description(`Writes ${description}.`)
    .requiredOption("--report <file>", "what to write, in Markdown")
    .option("--name <name>", "which report it is: there is one of each name", marker)
    .option("--author <login>", "the token's account (default: that of a workflow's own token)");
}

async function onPullRequest({ report, name, author, run, ...which }: PullRequestFlags): Promise<string> {
  const at = repository(process.env, { author });
  const number = numberOf({ ...which, run });
  const text = readUntrusted(report, reportBytes);
  const verified = run === undefined ? { origin: undefined } : await verifyRun(at, run, number);
  if ("reason" in verified) return `Nothing is written: ${verified.reason}.`;
  return said(await writeComment(at, number, markerOf(name), bodyOf(name, text, verified.origin)));
}

async function onIssue({ report, name, author, title, label, resolved = false }: IssueFlags): Promise<string> {
  const body = bodyOf(name, readUntrusted(report, reportBytes));
  const outcome = await writeIssue(repository(process.env, { author }), {
    marker: markerOf(name),
    body,
    title,
    label,
    resolved,
  });
  return outcome ? said(outcome) : "There is no open report, and nothing to report.";
}

/** A file's word is taken only where it is checked afterwards. */
function numberOf({ number, numberFile, run }: Pick<PullRequestFlags, "number" | "numberFile" | "run">): number {
  if ((number === undefined) === (numberFile === undefined)) {
    throw new Error("Which pull request it is has to be said once: by `--number`, or by `--number-file` with `--run`.");
  }
  if (numberFile === undefined) return number as number;
  if (run === undefined) {
    throw new Error(
      "`--number-file` is what a run says of itself; give the run by `--run`, so that it can be checked.",
    );
  }
  try {
    return positive(readUntrusted(numberFile, 32).trim());
  } catch (error) {
    throw new Error(`\`${numberFile}\` does not say which pull request it is. ${(error as Error).message}`);
  }
}

function positive(text: string): number {
  if (!/^[1-9]\d{0,14}$/.test(text)) throw new InvalidArgumentError("It has to be a whole number from 1 on.");
  return Number(text);
}

function said({ what, url }: Outcome): string {
  return `${what[0].toUpperCase()}${what.slice(1)}: ${url}`;
}

async function finish(work: Promise<string>): Promise<void> {
  try {
    console.log(await work);
  } catch (error) {
    const { status, message } = error as { status?: number; message: string };
    const hint =
      status === 401 || status === 403 || status === 404
        ? "\nThe token has to be allowed to write here: `pull-requests: write` for a comment, `issues: write` for an issue, " +
          "and `actions: read` for `--run`."
        : "";
    console.error(`The report could not be written: ${message}${hint}`);
    process.exitCode = 1;
  }
}

program.parse();
