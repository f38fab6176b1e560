import Table from "cli-table3";

const nothing = Object.fromEntries(
  [
    ...["top", "top-mid", "top-left", "top-right", "bottom", "bottom-mid", "bottom-left", "bottom-right"],
    ...["left", "left-mid", "mid", "mid-mid", "right", "right-mid", "middle"],
  ].map((name) => [name, ""]),
);

/** Columns side by side for a terminal, without lines; the first row is the heading. Colours and wide letters count right. */
export function columns(rows: readonly (readonly (string | number)[])[]): string {
  const table = new Table({
    chars: nothing,
    style: { "padding-left": 0, "padding-right": 3, head: [], border: [] },
    colAligns: rows[0]?.map(() => "left"),
  });
  table.push(...rows.map((row) => row.map(String)));
  return table
    .toString()
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n");
}
