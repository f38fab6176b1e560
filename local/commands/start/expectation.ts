import type { Endpoints } from "../../endpoints";
import type { Step } from "../../setup/steps";

/** What is about to happen and how long it takes, in words: it differs for a first run, a later one, and a running one. */
export function expectation(missing: readonly Step[], running: Endpoints | undefined): string {
  const what = "The whole topology on this machine, with the real Pulumi, Kafka and Spark.";
  const safe = "Ctrl-C is safe at any moment: the next `npm start` goes on from there.";
  if (missing.length > 0) {
    const width = Math.max(...missing.map(({ name }) => name.length));
    return [
      what,
      `${some(missing.length)} missing, and fetched or made once, below .local/tools. This takes`,
      "2 to 4 minutes, or 10 to 15 where Pulumi has to be built; the next run takes one.",
      ...missing.map((step) => `  ${step.name.padEnd(width)}  ${step.what()}`),
      safe,
    ].join("\n");
  }
  if (running) return [what, "It runs already: what changed since is deployed, in some seconds.", safe].join("\n");
  return [what, "All tools are here; it takes about a minute.", safe].join("\n");
}

const some = (count: number) => (count === 1 ? "One thing is" : `${count} things are`);
