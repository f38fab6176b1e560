/** Something that brokers have each a number of, and that can go from one to another. */
export interface Load {
  of(broker: number): number;
  /** Which broker comes first where `of` says the same. Default: by id. */
  tieBreaker?(broker: number): number;
  /** Makes one go from one broker to another, and returns what takes it back; undefined where none can. */
  shift(from: number, to: number): (() => void) | undefined;
}

/**
 * Shifts load until no broker has two more than another that could be relieved of, be it over brokers in between.
 * Each round takes a shortest way from one that has more to one that has fewer. Returns whether anything was shifted.
 */
export function evenOut(brokers: readonly number[], load: Load): boolean {
  const blocked = new Set<string>();
  let changed = false;
  for (let way = nextWay(brokers, load, blocked); way; way = nextWay(brokers, load, blocked)) {
    if (take(way, load)) changed = true;
    // What a first step changed can stand in the way of a second one.
    else blocked.add(`${way[0]} ${way.at(-1)}`);
  }
  return changed;
}

function nextWay(brokers: readonly number[], load: Load, blocked: ReadonlySet<string>): number[] | undefined {
  const tie = (id: number) => load.tieBreaker?.(id) ?? 0;
  const heaviestFirst = [...brokers].sort((a, b) => load.of(b) - load.of(a) || tie(b) - tie(a) || a - b);
  const lightestFirst = [...brokers].sort((a, b) => load.of(a) - load.of(b) || tie(a) - tie(b) || a - b);
  for (const from of heaviestFirst) {
    const isLighter = (to: number) => load.of(to) <= load.of(from) - 2 && !blocked.has(`${from} ${to}`);
    if (!lightestFirst.some(isLighter)) continue;
    const way = shortestWay(from, isLighter, lightestFirst, (a, b) => canShift(load, a, b));
    if (way) return way;
  }
  return undefined;
}

/** Breadth first. */
function shortestWay(
  from: number,
  isEnd: (broker: number) => boolean,
  brokers: readonly number[],
  isStep: (from: number, to: number) => boolean,
): number[] | undefined {
  const seen = new Set([from]);
  let ways = [[from]];
  while (ways.length > 0) {
    const longer: number[][] = [];
    for (const way of ways) {
      for (const next of brokers) {
        if (seen.has(next) || !isStep(way.at(-1) as number, next)) continue;
        if (isEnd(next)) return [...way, next];
        seen.add(next);
        longer.push([...way, next]);
      }
    }
    ways = longer;
  }
  return undefined;
}

function canShift(load: Load, from: number, to: number): boolean {
  const back = load.shift(from, to);
  back?.();
  return back !== undefined;
}

/** Takes all steps or none. */
function take(way: readonly number[], load: Load): boolean {
  const taken: (() => void)[] = [];
  for (const [index, to] of way.slice(1).entries()) {
    const back = load.shift(way[index] as number, to);
    if (!back) {
      for (const undo of taken.reverse()) undo();
      return false;
    }
    taken.push(back);
  }
  return true;
}
