import type { Display } from "../display";

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
/** npm hands on a signal that the terminal has sent to this process already: two that are closer than this are one, ms. */
const echoMs = 500;

/** What there is to do once a command was ended. */
const afterwards = {
  start: "The next `npm start` goes on from here; `npm stop` ends what runs.",
  stop: "The next `npm stop` goes on from here; `npm start` makes again what is gone.",
};

/**
 * What Ctrl-C does. Nearly everywhere this process simply ends: downloads, services and state are such that the next
 * run goes on from there. Only the engine is asked to finish what it has begun, so that its state says what there is.
 */
export class Interruption {
  /** Whether somebody has asked to stop. */
  asked = false;
  private engine: { kill(signal: NodeJS.Signals): unknown } | undefined;
  private last = 0;
  private readonly listener = (signal: NodeJS.Signals) => this.take(signal);

  constructor(
    private readonly display: Display,
    private readonly command: keyof typeof afterwards,
    private readonly end: (code: number) => void = process.exit,
    private readonly now: () => number = Date.now,
  ) {
    for (const signal of signals) process.on(signal, this.listener);
  }

  /** The engine runs, in a group of its own: what the terminal sends reaches it through here alone. */
  engineStarted(engine: { kill(signal: NodeJS.Signals): unknown }): void {
    this.engine = engine;
  }

  /** That the command was ended, and what there is to do. */
  get farewell(): string {
    return `Stopped. ${afterwards[this.command]}`;
  }

  engineEnded(): void {
    this.engine = undefined;
  }

  /** Signals do what they do in any program again. */
  close(): void {
    for (const signal of signals) process.off(signal, this.listener);
  }

  private take(signal: NodeJS.Signals): void {
    const echo = this.now() - this.last < echoMs;
    this.last = this.now();
    if (echo) return;
    if (!this.engine) {
      this.display.say(`\n${this.farewell}`);
      this.display.close();
      this.close();
      this.end(signal === "SIGINT" ? 130 : 143);
      return;
    }
    this.display.say(
      this.asked
        ? "\nEnding the engine at once; the next run finds out what it left."
        : "\nStopping: the engine finishes what it has begun. Ctrl-C again ends it at once.",
    );
    this.asked = true;
    // The engine takes the first as a wish to stop, and the second as an order.
    this.engine.kill("SIGINT");
  }
}
