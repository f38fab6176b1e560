import { type AsyncBuffer, parquetMetadataAsync, parquetReadObjects, parquetSchema, toJson } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import type { Workspace } from "./workspace";

/** Of a file that is larger only the parts that matter are fetched, bytes. A batch of a stream writes smaller ones. */
const whole = 4 * 1024 * 1024;

/**
 * The rows of a Parquet file: the wanted columns of them, in the types that JSON has, so that a 64-bit number is a number.
 * Columns that the file does not have are left out of the rows.
 *
 * @param file its path, and its size in bytes where that is known.
 */
export async function readParquet(
  workspace: Pick<Workspace, "bytes">,
  { path, size = 0 }: { path: string; size?: number },
  wanted: readonly string[],
): Promise<Record<string, unknown>[]> {
  const slice = (start: number, end = size) => workspace.bytes(path, { start, end });
  const file: AsyncBuffer | ArrayBuffer = size > whole ? { byteLength: size, slice } : await workspace.bytes(path);
  const metadata = await parquetMetadataAsync(file);
  const there = new Set(parquetSchema(metadata).children.map(({ element }) => element.name));
  const columns = wanted.filter((name) => there.has(name));
  const rows = await parquetReadObjects({ file, metadata, columns, compressors });
  return toJson(rows) as Record<string, unknown>[];
}
