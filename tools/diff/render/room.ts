/** A part of a text that has a limited length: it is there whole, in a shorter form, or not at all. */
export interface Part {
  text: string;
  /** What is taken in its place where there is no room for it. */
  shorter?: string;
  /** The lower, the earlier it gets its room. */
  rank: number;
  /** Parts of one list follow each other without an empty line. */
  list?: string;
  /** Heading that it stands below: without that one it is not there either. */
  below?: Part;
  /** What it is one of, such as `change of dev`, for the note on what is left out. */
  what: string;
  /** Whether it tells of lost data, so that it has to be counted where it is left out. */
  isLoss?: boolean;
}

/** So much is kept for the note on what is left out. */
const noteRoom = 1500;

/**
 * The parts in their order, as far as there is room for them: those of a lower rank first, and of the same rank those that
 * come first. A note at the end counts what is left out, and how much of that tells of lost data.
 *
 * @param limit most characters of the text; at least 2,000
 * @param hint said at the end of the note
 */
export function fitted(parts: readonly Part[], limit: number, hint: string): string {
  const whole = joined(parts.map((part) => ({ ...part })));
  if (whole.length <= limit) return whole;
  let room = limit - noteRoom;
  const taken = new Map<Part, string>();
  for (const part of [...parts].sort((a, b) => a.rank - b.rank)) {
    if (part.below && !taken.has(part.below)) continue;
    const text = [part.text, part.shorter].find((each) => each !== undefined && each.length + 2 <= room);
    if (text === undefined) continue;
    room -= text.length + 2;
    taken.set(part, text);
  }
  const kept = parts.flatMap((part) => (taken.has(part) ? [{ ...part, text: taken.get(part) as string }] : []));
  const left = parts.filter((part) => !taken.has(part)).sort((a, b) => a.rank - b.rank);
  const short = parts.filter((part) => taken.get(part) !== undefined && taken.get(part) !== part.text);
  return `${joined(kept)}\n\n${note(left, short)} ${hint}`;
}

function joined(parts: readonly Part[]): string {
  return parts.reduce((text, part, index) => {
    const before = parts[index - 1];
    if (!before) return part.text;
    return text + (part.list !== undefined && part.list === before.list ? "\n" : "\n\n") + part.text;
  }, "");
}

function note(left: readonly Part[], short: readonly Part[]): string {
  const losses = left.filter(({ isLoss }) => isLoss).length;
  return [
    "Too long for a comment.",
    ...(left.length > 0 ? [`Left out: ${named(left)}.`] : []),
    ...(losses > 0 ? [`Of that, ${losses} ${losses === 1 ? "tells" : "tell"} of lost data.`] : []),
    ...(short.length > 0 ? [`Shortened: ${named(short)}.`] : []),
  ].join(" ");
}

/** What the parts are, those of a kind together. Names can be long, and many. */
function named(parts: readonly Part[]): string {
  const counts = new Map<string, number>();
  for (const { what } of parts) counts.set(what, (counts.get(what) ?? 0) + 1);
  const all = [...counts].map(([what, count]) => (count === 1 ? what : `${count} × ${what}`));
  let length = 0;
  const shown = all.filter((each) => {
    length += each.length + 2;
    return length < 500;
  });
  return [...shown, ...(all.length > shown.length ? [`${all.length - shown.length} more`] : [])].join(", ");
}
