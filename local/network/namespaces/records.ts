import * as fs from "node:fs";
import * as path from "node:path";
import { writeFileAtomic } from "../../files";
import { HostProcess } from "../../hostProcess";

/** What is on disk of a network's namespace, for other processes and for the next supervisor. */
export interface NetworkRecord {
  /** ARM id of the virtual network. */
  id: string;
  prefixes: string[];
}

/** The record with the process that keeps the namespace. */
export interface KeptNetwork extends NetworkRecord {
  /** Process id; undefined when the namespace is just being made. */
  keeper?: number;
}

export function writeRecord(folder: string, { id, prefixes }: NetworkRecord): void {
  writeFileAtomic(path.join(folder, "network.json"), JSON.stringify({ id, prefixes }));
}

/** The networks that are recorded below a folder. */
export function readRecords(folder: string): KeptNetwork[] {
  return fs
    .readdirSync(folder)
    .map((entry) => path.join(folder, entry))
    .filter((entry) => fs.existsSync(path.join(entry, "network.json")))
    .map((entry) => ({
      ...(JSON.parse(fs.readFileSync(path.join(entry, "network.json"), "utf8")) as NetworkRecord),
      keeper: new HostProcess(path.join(entry, "process")).pid,
    }));
}
