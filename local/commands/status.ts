import type { Notification } from "../cloud/databricks/notifications";
import { describeUnsupported, type UnsupportedCall, unsupportedCalls } from "../cloud/unsupported";
import { type Endpoints, readEndpoints } from "../endpoints";
import { twinPaths } from "../paths";
import { LocalStack } from "../stack/localStack";
import { describePlugins, type PluginChoice, pluginChoice } from "../stack/pluginChoice";
import type { Run } from "../stack/workspaceClient";

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
  const outputs = await (await LocalStack.open(home)).outputs();
  const jobs: Record<string, string> = {};
  for (const job of ["producer", "consumer"]) {
    const run = await lastRun(outputs, job, home);
    jobs[job] = run ? stateOf(run) : "not deployed";
  }
  return {
    running: true,
    pid: endpoints.pid,
    startedAt: endpoints.startedAt,
    networks: networksOf(endpoints),
    deployed: outputs.peeringState !== undefined,
    jobs,
    notifications: (await (await workspace(outputs, home))?.notifications()) ?? [],
    ...known,
  };
}

/** A client for the deployed workspace, or undefined when there is none. */
export async function workspace(outputs: Record<string, unknown>, home = twinPaths().root) {
  return typeof outputs.workspaceUrl === "string"
    ? (await LocalStack.open(home)).workspace(outputs.workspaceUrl)
    : undefined;
}

async function lastRun(outputs: Record<string, unknown>, job: string, home: string): Promise<Run | undefined> {
  const url = outputs[`${job}JobUrl`];
  return typeof url === "string" ? (await workspace(outputs, home))?.lastRun(url) : undefined;
}

/** How networks are made, in a few words. */
export function networksOf({ network }: Endpoints): string {
  if (network.mode === "namespaces") return "namespaces: each virtual network is one, the operator has another";
  return `loopback: 10.a.b.c is 127.a.b.c${network.reason ? ` (no namespaces: ${network.reason})` : ""}`;
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
