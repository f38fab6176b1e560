import { z } from "zod";
import type { CommittedFile } from "./commits";
import { readParquet } from "./parquet";
import type { Workspace } from "./workspace";

/** The columns of a raw event that verification looks at. */
const row = z.object({ id: z.string().nullish(), partition: z.int(), offset: z.int() });

export type Row = z.infer<typeof row>;

export const rowColumns = Object.keys(row.shape);

/** Reads the rows of a file that the consumer has committed. */
export type RowReader = (workspace: Pick<Workspace, "read" | "bytes">, file: CommittedFile) => Promise<Row[]>;

export const jsonRows: RowReader = async (workspace, { path }) => {
  const lines = (await workspace.read(path)).split("\n").filter((line) => line !== "");
  return lines.map((line) => row.parse(JSON.parse(line)));
};

export const parquetRows: RowReader = async (workspace, file) =>
  row.array().parse(await readParquet(workspace, file, rowColumns));
