import type { FaultRow, LoadRow, Recorded } from "./record";

/** `docs/reliability.md`, from what the tests have recorded. */
export function renderDocument(rows: readonly Recorded[]): string {
  const faults = merged(rows.filter((row): row is Recorded & FaultRow => row.kind === "fault"));
  const loads = rows.filter((row): row is Recorded & LoadRow => row.kind === "load");
  return `${[
    "# Reliability",
    "What the tests did to the local environment on purpose, and what came of it. `npm run test:faults` writes this file from\nits own results; `npm test` tries a part of it each time.",
    "## Faults",
    paragraph(
      "Messages are events of KafkaProducer, followed by their ids into the files that KafkaConsumer has committed:",
      "produced is what the source had to send, lost what the sink does not hold, duplicated every row beyond an event's",
      "first. The time to recover is from the fault until the sink holds, of every partition, an event that was sent after",
      "it; two numbers are the shortest and the longest. A full disk is made with RLIMIT_FSIZE, a limit of the kernel on",
      "the size of a process's files, which needs no rights: a write fails as it does without space (EFBIG, not ENOSPC).",
    ),
    table(
      ["Fault", "Times", "Outcome", "Produced", "Consumed", "Lost", "Duplicated", "Time to recover"],
      faults.map(faultCells),
    ),
    "## Load",
    table(
      ["What", "Size", "Outcome", "Memory, first and last minute", "Backlog, first and last minute", "Errors"],
      loads.map(loadCells),
    ),
  ].join("\n\n")}\n`;
}

/** Lines of 120 characters at most. */
function paragraph(...sentences: string[]): string {
  return sentences
    .join(" ")
    .split(" ")
    .reduce((text, word) =>
      text.length - text.lastIndexOf("\n") + word.length > 120 ? `${text}\n${word}` : `${text} ${word}`,
    );
}

/** Rows of the same fault as one. Different outcomes stay apart. */
function merged(rows: readonly FaultRow[]): FaultRow[] {
  const byFault = new Map<string, FaultRow>();
  for (const row of rows) {
    const key = JSON.stringify([row.fault, row.outcome]);
    const before = byFault.get(key);
    byFault.set(key, before ? added(before, row) : row);
  }
  return [...byFault.values()];
}

function added(a: FaultRow, b: FaultRow): FaultRow {
  const messages = a.messages && b.messages ? addedMessages(a.messages, b.messages) : (a.messages ?? b.messages);
  const recoveryMs = [...(a.recoveryMs ?? []), ...(b.recoveryMs ?? [])];
  return { ...a, times: a.times + b.times, messages, ...(recoveryMs.length > 0 && { recoveryMs }) };
}

type Messages = NonNullable<FaultRow["messages"]>;

const addedMessages = (a: Messages, b: Messages): Messages => ({
  produced: a.produced + b.produced,
  consumed: a.consumed + b.consumed,
  lost: a.lost + b.lost,
  duplicated: a.duplicated + b.duplicated,
});

function faultCells({ fault, times, outcome, messages, recoveryMs }: FaultRow): (string | number)[] {
  const { produced = "", consumed = "", lost = "", duplicated = "" } = messages ?? {};
  return [fault, times, outcome, produced, consumed, lost, duplicated, range(recoveryMs ?? [])];
}

function loadCells({ what, size, outcome, memoryMb, backlog, errors }: LoadRow): (string | number)[] {
  const memory = memoryMb ? `${Math.round(memoryMb.first)} and ${Math.round(memoryMb.last)} MB` : "";
  return [what, size, outcome, memory, backlog ? `${backlog.first} and ${backlog.last}` : "", errors];
}

function range(times: number[]): string {
  if (times.length === 0) return "";
  const [least, most] = [Math.min(...times), Math.max(...times)].map((ms) => (ms / 1000).toFixed(1));
  return least === most ? `${least} s` : `${least} to ${most} s`;
}

function table(heads: string[], rows: (string | number)[][]): string {
  const cell = (value: string | number) =>
    String(value)
      .replaceAll("|", "\\|")
      .replaceAll(/\s*\n\s*/g, " ");
  const line = (cells: (string | number)[]) => `| ${cells.map(cell).join(" | ")} |`;
  return [line(heads), line(heads.map(() => "---")), ...rows.map(line)].join("\n");
}
