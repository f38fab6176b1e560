import { existsSync, readdirSync } from "node:fs";
import * as path from "node:path";
import { firstBrokerId } from "../engines/kafka/serverProperties";
import { twinPaths } from "../paths";

/** A worker node of a cluster that is there, deployed or half-way. */
export interface Worker {
  cluster: string;
  /** As HDInsight names it, without the domain: `wn2-kafkal`. */
  host: string;
  /** As HDInsight numbers it: 2. */
  number: number;
  /** As Kafka knows it: 1003. */
  brokerId: number;
}

/** The worker nodes of the clusters that the twin in `home` has, by number. */
export function workersOf(home = twinPaths().root): Worker[] {
  const clusters = path.join(home, "clusters");
  return subfolders(clusters)
    .flatMap((cluster) => subfolders(path.join(clusters, cluster)).map((host) => ({ cluster, host })))
    .flatMap((at) => {
      const number = /^wn(\d+)-/.exec(at.host)?.[1];
      return number === undefined ? [] : [{ ...at, number: Number(number), brokerId: firstBrokerId + Number(number) }];
    })
    .sort((a, b) => a.number - b.number);
}

/**
 * The worker that a person means: by the broker's id, as the page and `topics` show it (1003), or by the node's name or
 * number (wn2, wn2-kafkal, 2). Throws, with those that there are, when there is none.
 */
export function findWorker(workers: readonly Worker[], said: string): Worker {
  const found = workers.find(({ host, number, brokerId }) =>
    [String(brokerId), String(number), `wn${number}`, host].includes(said),
  );
  if (found) return found;
  const there = workers.map(({ brokerId, number }) => `${brokerId} (wn${number})`).join(", ");
  throw new Error(`There is no broker ${said}. There ${there ? `are: ${there}` : "is none: `npm start` first"}.`);
}

function subfolders(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
}
