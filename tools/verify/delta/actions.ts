import { z } from "zod";
import { type Bounds, type CommittedFile, Incomparable } from "../commits";

// The actions of Delta's log, https://github.com/delta-io/delta/blob/master/PROTOCOL.md#actions, as far as they matter
// here. They are the same in commits (JSON) and in checkpoints (Parquet, where what is not there is null).

const deletionVector = z.object({
  storageType: z.string(),
  pathOrInlineDv: z.string(),
  offset: z.number().nullish(),
});
const add = z.object({
  path: z.string(),
  size: z.number(),
  modificationTime: z.number(),
  dataChange: z.boolean(),
  deletionVector: deletionVector.nullish(),
  /** JSON in JSON. Who writes a table may leave it out, and columns in it. */
  stats: z.string().nullish(),
});
const place = z.object({ partition: z.int(), offset: z.int() });
const stats = z.object({ minValues: place, maxValues: place });
const remove = add.pick({ path: true, dataChange: true, deletionVector: true });
const protocol = z.object({ minReaderVersion: z.number(), readerFeatures: z.array(z.string()).nullish() });
const metaData = z.object({
  format: z.object({ provider: z.string() }),
  partitionColumns: z.array(z.string()),
  configuration: z.record(z.string(), z.string().nullable()).nullish(),
});
const action = z.object({
  add: add.nullish(),
  remove: remove.nullish(),
  protocol: protocol.nullish(),
  metaData: metaData.nullish(),
  sidecar: z.object({ path: z.string() }).nullish(),
});

export type Action = z.infer<typeof action>;
export type AddedFile = z.infer<typeof add>;

/** The actions of a commit, one on each line, or of the rows of a checkpoint. Others than those above are empty. */
export const parseCommit = (text: string): Action[] =>
  text.split("\n").flatMap((line) => (line.trim() === "" ? [] : [action.parse(JSON.parse(line))]));
export const parseRows = (rows: unknown[]): Action[] => action.array().parse(rows);

/**
 * Features that a table may have for readers who know only files and rows. Two are looked for where they are in use, since
 * Databricks gives new tables the one for deletion vectors whether or not there are any: `deletionVectors` in each file,
 * `columnMapping` in the metadata. `v2Checkpoint` is read. The others concern columns that are not, or what VACUUM does.
 */
const harmless = [
  ...["deletionVectors", "columnMapping", "v2Checkpoint"],
  ...["timestampNtz", "typeWidening", "typeWidening-preview", "vacuumProtocolCheck"],
];

/** Throws when the table is none whose files and rows can be read here, by the newest of its protocol and metadata. */
export function checkTable(folder: string, actions: readonly Action[], columns: readonly string[]): void {
  const refuse = (has: string) => {
    throw new Incomparable(`the Delta table ${folder} has ${has}, which cannot be read from here`);
  };
  const rules = actions.findLast((each) => each.protocol)?.protocol;
  const { minReaderVersion = 1, readerFeatures } = rules ?? {};
  if (minReaderVersion > 3) refuse(`the reader version ${minReaderVersion}`);
  const unknown = (readerFeatures ?? []).filter((feature) => !harmless.includes(feature));
  if (unknown.length > 0) refuse(`the features ${unknown.join(", ")}`);

  const table = actions.findLast((each) => each.metaData)?.metaData;
  const mapping = table?.configuration?.["delta.columnMapping.mode"] ?? "none";
  if (mapping !== "none") refuse(`column mapping by ${mapping}`);
  if (table && table.format.provider !== "parquet") refuse(`files in the format ${table.format.provider}`);
  const inPaths = (table?.partitionColumns ?? []).filter((column) => columns.includes(column));
  if (inPaths.length > 0) refuse(`partitions by ${inPaths.join(", ")}`);
}

/**
 * What tells files of a table apart. One whose rows are deleted by a vector is added with it and removed without it by one
 * commit, whose actions have no order.
 */
export function keyOf({ path, deletionVector }: Pick<AddedFile, "path" | "deletionVector">): string {
  const { storageType, pathOrInlineDv, offset } = deletionVector ?? {};
  return [path, storageType, pathOrInlineDv, offset].join("\n");
}

/** The file that an action adds to a table. Throws when rows of it are deleted, or when it is nowhere that can be read. */
export function addedFile(folder: string, add: AddedFile): CommittedFile {
  const { path, size, modificationTime: modified, deletionVector } = add;
  if (deletionVector)
    throw new Incomparable(`the Delta table ${folder} has deletion vectors, which cannot be read from here`);
  return { path: pathOf(folder, path), size, modified, bounds: boundsOf(add) };
}

/** https://github.com/delta-io/delta/blob/master/PROTOCOL.md#per-file-statistics */
function boundsOf(add: AddedFile): Bounds | undefined {
  const { data } = stats.safeParse(JSON.parse(add.stats ?? "null"));
  if (!data) return undefined;
  const bound = (column: "partition" | "offset") => ({ min: data.minValues[column], max: data.maxValues[column] });
  return { partition: bound("partition"), offset: bound("offset") };
}

/** A file's path from /Volumes on: in the log it is relative to the table or absolute, and a URI, so encoded. */
export function pathOf(folder: string, path: string): string {
  const isAbsolute = /^(\/|[a-z][a-z\d+.-]*:)/i.test(path);
  if (!isAbsolute) return `${folder}/${decodeURIComponent(path)}`;
  const start = path.indexOf("/Volumes/");
  if (start < 0)
    throw new Incomparable(
      `the Delta table ${folder} has files elsewhere (${path}), and only what is below /Volumes can be read from here`,
    );
  return decodeURIComponent(path.slice(start));
}
