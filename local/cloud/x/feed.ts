/** X began to count milliseconds here: ids are time stamps. */
const idEpoch = 1_288_834_974_657n;
/** Bits below the time stamp in an id. */
const sequenceBits = 22n;
const sequences = 1 << 22;

export interface FeedOptions {
  /** How many tweets the data set has. */
  size: number;
  /** When the feed began, ms since 1970. */
  startedAt: number;
  /** How many tweets had been published when it began. */
  initial: number;
  /** How many are published each second, before and after it began; at most 1000, so that each has a millisecond of its own. */
  perSecond: number;
}

/** A tweet of the feed, without its text. */
export interface Published {
  /** Position in the feed: 0, 1, 2, ... in the order of time. */
  index: number;
  /** Row of the data set: the feed starts again with the first when it has come to the end. */
  row: number;
  /** Snowflake, as decimal text. */
  id: string;
  /** ms since 1970. */
  createdAt: number;
}

/**
 * An endless feed of tweets made from a data set, as a function of time: position, id and time of each follow from each
 * other, so nothing has to be stored, and ids rise strictly with time as X's do.
 */
export class Feed {
  constructor(private readonly options: FeedOptions) {
    const { perSecond, size } = options;
    if (!(perSecond > 0 && perSecond <= 1000)) {
      throw new Error(`\`perSecond\` is ${perSecond}; it must be more than 0 and at most 1000`);
    }
    if (size < 1) throw new Error("`size` must be at least 1");
  }

  get size(): number {
    return this.options.size;
  }

  /** The tweet at a position that has been published or will be. */
  at(index: number): Published {
    const createdAt = this.timeOf(index);
    const id = idAt(createdAt) | BigInt(index % sequences);
    return { index, row: index % this.options.size, id: id.toString(), createdAt };
  }

  /** How many tweets have been published at `now`; the newest one is at this minus one. */
  count(now: number): number {
    return this.firstAfter((index) => this.timeOf(index) > now, this.estimate(now));
  }

  /** Position of the first tweet that is not older than `time`. */
  firstFrom(time: number): number {
    return this.firstAfter((index) => this.timeOf(index) >= time, this.estimate(time));
  }

  /** Position of the first tweet with an id greater than `id`. */
  firstAbove(id: bigint): number {
    const time = Number((id >> sequenceBits) + idEpoch);
    return this.firstAfter((index) => BigInt(this.at(index).id) > id, this.estimate(time));
  }

  /** Position of the first tweet whose id is not less than `id`. */
  firstNotBelow(id: bigint): number {
    return this.firstAbove(id - 1n);
  }

  private timeOf(index: number): number {
    const { startedAt, initial, perSecond } = this.options;
    return startedAt + Math.ceil(((index - initial + 1) * 1000) / perSecond);
  }

  private estimate(time: number): number {
    const { startedAt, initial, perSecond } = this.options;
    return Math.floor(((time - startedAt) * perSecond) / 1000) + initial;
  }

  /** The first position that `holds`, for a condition that holds from one position on; near `estimate`. */
  private firstAfter(holds: (index: number) => boolean, estimate: number): number {
    let index = Math.max(0, estimate - 2);
    while (index > 0 && holds(index)) index--;
    while (!holds(index)) index++;
    return index;
  }
}

/** The lowest id of a millisecond. */
export const idAt = (time: number) => (BigInt(time) - idEpoch) << sequenceBits;

/** When a tweet with this id was published, ms since 1970. */
export const timeOfId = (id: bigint) => Number((id >> sequenceBits) + idEpoch);
