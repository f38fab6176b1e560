import { existsSync, statfsSync } from "node:fs";

/** What a start needs free on the disk, in all: tools, and the brokers' and Spark's own files. */
const diskGigabytes = 4;

/** The steps of a start, as they are shown. */
export type Phase = "Set-up" | "Tools" | "Services" | "Deployment" | "Messages" | "The look at what runs";

/** Where the reason of a failure may be written, beside the start's own log: the command, by the phase that failed. */
const logsOf: Partial<Record<Phase, string>> = {
  Services: "What the services said: `npm run local -- logs services`.",
  Deployment: "What the services said: `npm run local -- logs services`.",
  Messages: "What the notebooks said: `npm run local -- logs consumer`, and `logs producer`.",
};

/**
 * What happened, why, and what to do: for people who have not read this code.
 *
 * @param phase what was being done
 * @param folders of tools and of the environment, for the disks they are on
 * @param log file with everything that was told
 */
export function describeFailure(phase: Phase, error: Error, folders: readonly string[], log: string): string {
  const { message } = error;
  const advice = adviceFor(phase, message, folders);
  const more = [`Everything that was told is in ${log}; \`npm start -- --verbose\` shows it as it comes.`];
  const logs = logsOf[phase];
  if (logs) more.push(logs);
  return [`${phase} failed:`, `  ${message.replaceAll("\n", "\n  ")}`, "", ...advice, ...more].join("\n");
}

function adviceFor(phase: Phase, message: string, folders: readonly string[]): string[] {
  if (/ENOSPC|[Nn]o space left on device/.test(message)) {
    const free = folders
      .filter((folder) => existsSync(folder))
      .map((folder) => `${gigabytesFree(folder).toFixed(1)} GB are free where ${folder} is`);
    return [
      `The disk is full: ${free.join(", ")}; the environment needs ${diskGigabytes} GB in all.`,
      "Make room and run `npm start` again: it goes on from where it stopped.",
    ];
  }
  // Only tools are fetched. Later everything is on this machine, and a refused connection has another reason.
  if (phase === "Tools" && /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|cannot be reached/.test(message)) {
    return [
      "Something has to be fetched and this machine has no way there. Check the network; behind a proxy, set HTTPS_PROXY.",
      "Then run `npm start` again: what was fetched stays.",
    ];
  }
  return ["What was done stays: `npm start` goes on from there, once the reason is gone."];
}

function gigabytesFree(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return (bavail * bsize) / 1e9;
}
