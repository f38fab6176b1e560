import pMap from "p-map";
import { z } from "zod";
import { Incomparable } from "../commits";
import { readParquet } from "../parquet";
import type { Workspace } from "../workspace";
import { type Action, parseRows } from "./actions";

/** A checkpoint of Delta's log: all that counts up to a version, in one file or in several parts. */
export interface Checkpoint {
  version: number;
  /** Number of files it consists of; null or absent for one file, whose name has no number then. */
  parts?: number | null;
}

const pointer = z.object({
  version: z.number(),
  parts: z.number().nullish(),
  // What Delta's own writers add for a checkpoint whose name has a UUID.
  v2Checkpoint: z.unknown().optional(),
});

/** The checkpoint that `_last_checkpoint` names. */
export function parsePointer(folder: string, text: string): Checkpoint {
  const { version, parts, v2Checkpoint } = pointer.parse(JSON.parse(text));
  if (v2Checkpoint) refuseV2(folder);
  return { version, parts };
}

/** The newest checkpoint with all its parts among the names of a log's files; undefined when there is none. */
export function newestCheckpoint(folder: string, names: readonly string[]): Checkpoint | undefined {
  const all = new Set(names);
  if (names.some((name) => /^\d{20}\.checkpoint\.[\da-f]{8}-[\da-f-]+\.(json|parquet)$/i.test(name))) refuseV2(folder);
  return names
    .flatMap((name) => {
      const match = /^(\d{20})\.checkpoint(?:\.0{9}1\.(\d{10}))?\.parquet$/.exec(name);
      return match ? [{ version: Number(match[1]), parts: match[2] === undefined ? null : Number(match[2]) }] : [];
    })
    .filter((checkpoint) => checkpointFiles(checkpoint).every((file) => all.has(file)))
    .sort((a, b) => b.version - a.version)[0];
}

/** Names of the files that a checkpoint consists of. */
export function checkpointFiles({ version, parts }: Checkpoint): string[] {
  const name = `${numbered(version, 20)}.checkpoint`;
  if (!parts) return [`${name}.parquet`];
  return Array.from({ length: parts }, (_, part) => `${name}.${numbered(part + 1, 10)}.${numbered(parts, 10)}.parquet`);
}

/** The actions of a checkpoint: the files that the table has, its protocol and its metadata. */
export async function readCheckpoint(
  workspace: Pick<Workspace, "bytes">,
  folder: string,
  checkpoint: Checkpoint,
): Promise<Action[]> {
  const files = checkpointFiles(checkpoint).map((name) => `${folder}/_delta_log/${name}`);
  const read = (path: string) => readParquet(workspace, { path }, ["add", "protocol", "metaData", "sidecar"]);
  const rows = (await pMap(files, read, { concurrency: 2 })).flat();
  if (rows.some(({ sidecar }) => sidecar)) refuseV2(folder);
  return parseRows(rows);
}

export function numbered(number: number, digits: number): string {
  return String(number).padStart(digits, "0");
}

function refuseV2(folder: string): never {
  throw new Incomparable(`the Delta table ${folder} has V2 checkpoints, which cannot be read from here`);
}
