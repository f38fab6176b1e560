import pMap from "p-map";
import { z } from "zod";
import { readParquet } from "../parquet";
import type { Workspace } from "../workspace";
import { type Action, parseCommit, parseRows } from "./actions";

/** A checkpoint of Delta's log: all that counts up to a version. */
export interface Checkpoint {
  version: number;
  /** Names of the files that it consists of, in the log's folder. */
  files: string[];
}

const pointer = z.object({
  version: z.number(),
  parts: z.number().nullish(),
  // What Delta's own writers add for a checkpoint whose name has a UUID.
  v2Checkpoint: z.object({ path: z.string() }).nullish(),
});

/** The checkpoint that `_last_checkpoint` names. */
export function parsePointer(text: string): Checkpoint {
  const { version, parts, v2Checkpoint } = pointer.parse(JSON.parse(text));
  return { version, files: v2Checkpoint ? [lastName(v2Checkpoint.path)] : namesOf(version, parts ?? undefined) };
}

/**
 * The newest checkpoint among the names of a log's files; undefined when there is none. Of one in several parts, all have to
 * be there: https://github.com/delta-io/delta/blob/master/PROTOCOL.md#checkpoint-naming-scheme.
 */
export function newestCheckpoint(names: readonly string[]): Checkpoint | undefined {
  const all = new Set(names);
  return names
    .flatMap((name) => {
      const [, digits, first, parts, uuid] =
        /^(\d{20})\.checkpoint(\.0{9}1\.(\d{10}))?(\.[\da-f]{8}-[\da-f-]+)?\.(?:parquet|json)$/i.exec(name) ?? [];
      if (digits === undefined || (first && uuid)) return [];
      const version = Number(digits);
      return [{ version, files: uuid ? [name] : namesOf(version, first ? Number(parts) : undefined) }];
    })
    .filter(({ files }) => files.every((file) => all.has(file)))
    .sort((a, b) => b.version - a.version)[0];
}

/** The actions of a checkpoint: the files that the table has, its protocol and its metadata. */
export async function readCheckpoint(
  workspace: Pick<Workspace, "read" | "bytes">,
  log: string,
  { files }: Checkpoint,
): Promise<Action[]> {
  const read = async (name: string) => {
    if (name.endsWith(".json")) return parseCommit(await workspace.read(`${log}/${name}`));
    const columns = ["add", "protocol", "metaData", "sidecar"];
    return parseRows(await readParquet(workspace, { path: `${log}/${name}` }, columns));
  };
  const actions = (await pMap(files, read, { concurrency: 2 })).flat();
  // In the V2 form, files that the table has are listed beside it. Their names may be whole paths, but they are all there.
  const sidecars = actions.flatMap(({ sidecar }) => (sidecar ? [`_sidecars/${lastName(sidecar.path)}`] : []));
  return [...actions, ...(await pMap(sidecars, read, { concurrency: 2 })).flat()];
}

export function numbered(number: number, digits: number): string {
  return String(number).padStart(digits, "0");
}

function namesOf(version: number, parts?: number): string[] {
  const name = `${numbered(version, 20)}.checkpoint`;
  if (parts === undefined) return [`${name}.parquet`];
  return Array.from({ length: parts }, (_, part) => `${name}.${numbered(part + 1, 10)}.${numbered(parts, 10)}.parquet`);
}

/** The name at the end of a path, which is a URI. */
function lastName(path: string): string {
  return decodeURIComponent(path.slice(path.lastIndexOf("/") + 1));
}
