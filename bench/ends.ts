import { type Closable, closeAll } from "../local/closing";

/** What a bench has started and must not leave behind, whether it comes to its end or is cut short by a signal. */
export class Ends {
  private readonly parts: Closable[] = [];
  private readonly cutShort = (signal: NodeJS.Signals) => {
    // Once more, and it ends as it would have without this.
    void this.run().finally(() => process.kill(process.pid, signal));
  };

  constructor() {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, this.cutShort);
  }

  add(stop: () => Promise<unknown>): void {
    this.parts.push({ close: stop });
  }

  /** Ends the last first. One that cannot be ended keeps no other from it. */
  async run(): Promise<void> {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.removeListener(signal, this.cutShort);
    await closeAll(this.parts, ({ message }) => console.error(message));
  }
}
