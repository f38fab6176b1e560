/** Things of which each is used by one at a time, and of which it does not matter which one it is. */
export class Lanes<T> {
  private readonly waiting: ((lane: T) => void)[] = [];
  private readonly free: T[];

  constructor(lanes: readonly T[]) {
    this.free = [...lanes];
  }

  /** Does `work` with the next one that is free; who asks first is first. */
  async use<R>(work: (lane: T) => Promise<R>): Promise<R> {
    const lane = this.free.shift() ?? (await new Promise<T>((resolve) => this.waiting.push(resolve)));
    try {
      return await work(lane);
    } finally {
      const next = this.waiting.shift();
      if (next) next(lane);
      else this.free.push(lane);
    }
  }
}
