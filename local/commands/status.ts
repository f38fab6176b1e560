import type { Notification } from "../cloud/databricks/notifications";
import { describeUnsupported, type UnsupportedCall, unsupportedCalls } from "../cloud/unsupported";
import { readEndpoints } from "../endpoints";
import { twinPaths } from "../paths";
import { LocalStack } from "../stack/localStack";
import { networksOf } from "../stack/networkMode";
import { describePlugins, type PluginChoice, pluginChoice } from "../stack/pluginChoice";
import type { Run, WorkspaceClient } from "../stack/workspaceClient";

interface Status {
  running: boolean;
  pid?: number;
  startedAt?: string;
  networks?: string;
  deployed: boolean;
  jobs: Record<string, string>;
  /** E-mails that Databricks would have sent, the newest last. */
  notifications: Notification[];
  /** Whose provider plugins the engine runs. */
  plugins: PluginChoice;
  /** What clients asked for and the twin does not imitate. */
  unsupported: UnsupportedCall[];
}

/** Says whether the services run, whether the stack is deployed, and what its two jobs do. Exit code 1 when not running. */
export async function status(options: { json?: boolean }): Promise<void> {
  const report = await currentStatus();
  if (!report.running) process.exitCode = 1;
  console.log(options.json ? JSON.stringify(report, null, 2) : describe(report));
}

async function currentStatus(home = twinPaths().root): Promise<Status> {
  const endpoints = readEndpoints(home);
  const known = { plugins: pluginChoice(home), unsupported: unsupportedCalls(home) };
  if (!endpoints) return { running: false, deployed: false, jobs: {}, notifications: [], ...known };
  const stack = await LocalStack.open(home);
  const outputs = await stack.outputs();
  const workspace = stack.deployedWorkspace(outputs);
  const jobs: Record<string, string> = {};
  for (const job of ["producer", "consumer"]) {
    const run = await lastRun(workspace, outputs[`${job}JobUrl`]);
    jobs[job] = run ? stateOf(run) : "not deployed";
  }
  return {
    running: true,
    pid: endpoints.pid,
    startedAt: endpoints.startedAt,
    networks: networksOf(endpoints),
    deployed: outputs.peeringState !== undefined,
    jobs,
    notifications: (await workspace?.notifications()) ?? [],
    ...known,
  };
}

async function lastRun(workspace: WorkspaceClient | undefined, jobUrl: unknown): Promise<Run | undefined> {
  return typeof jobUrl === "string" ? workspace?.lastRun(jobUrl) : undefined;
}

const stateOf = ({ state }: Run) =>
  [state.result_state ?? state.life_cycle_state, state.state_message].filter(Boolean).join(": ");

function describe(report: Status): string {
  if (!report.running) return "The local environment is not running. Start it with `npm start`.";
  const lines = [
    `Services  running since ${report.startedAt} (process ${report.pid})`,
    `Networks  ${report.networks}`,
    `Stack     ${report.deployed ? "deployed" : "not deployed: npm run local -- up"}`,
    ...Object.entries(report.jobs).map(([job, state]) => `${job.padEnd(9)} ${state}`),
    `Plugins   ${describePlugins(twinPaths().root)}`,
  ];
  if (report.notifications.length > 0) {
    lines.push("", "E-mails that Databricks would have sent (the last ten):");
    lines.push(...report.notifications.slice(-10).map((one) => `  ${describeNotification(one)}`));
  }
  if (report.unsupported.length > 0) {
    lines.push("", "Asked for by clients, and not imitated (docs/twin.md says what is):");
    lines.push(...report.unsupported.map((call) => `  ${describeUnsupported(call)}`));
  }
  return lines.join("\n");
}

function describeNotification({ time, event, recipients, job_name, message }: Notification): string {
  return `${time} ${event} of ${job_name} to ${recipients.join(", ")}: ${message}`;
}
