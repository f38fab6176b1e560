import { statfsSync } from "node:fs";

/** What a start needs free on the disk, in all: tools, and the brokers' and Spark's own files. */
const diskGigabytes = 4;

/**
 * What happened, why, and what to do: for people who have not read this code.
 *
 * @param phase what was being done
 * @param home folder of the environment, for the disk it is on
 * @param log file with everything that was told
 */
export function describeFailure(phase: string, error: Error, home: string, log: string): string {
  const { message } = error;
  const advice = adviceFor(message, home);
  const more = [`Everything that was told is in ${log}; \`npm start -- --verbose\` shows it as it comes.`];
  if (/Spark|consume|[Ss]ervices/.test(phase)) more.push("What the services said: `npm run local -- logs services`.");
  return [`${phase} failed:`, `  ${message.replaceAll("\n", "\n  ")}`, "", ...advice, ...more].join("\n");
}

function adviceFor(message: string, home: string): string[] {
  if (/ENOSPC|[Nn]o space left on device/.test(message)) {
    const { bavail, bsize } = statfsSync(home);
    const free = ((bavail * bsize) / 1e9).toFixed(1);
    return [
      `The disk is full: ${free} GB are free where ${home} is, and the environment needs ${diskGigabytes} GB.`,
      "Make room and run `npm start` again: it goes on from where it stopped.",
    ];
  }
  if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|cannot be reached/.test(message)) {
    return [
      "Something has to be fetched and this machine has no way there. Check the network; behind a proxy, set HTTPS_PROXY.",
      "Then run `npm start` again: what was fetched stays.",
    ];
  }
  return ["What was done stays: `npm start` goes on from there, once the reason is gone."];
}
