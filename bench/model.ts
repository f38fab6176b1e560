/** What the numbers are of. "1" stands for a number without a unit. */
export type Unit = "s" | "ms" | "MB" | "records/s" | "1";

/** Samples of one thing, with what a reader looks at first. */
export interface Series {
  /** What was measured, in a few words. */
  name: string;
  samples: number[];
  median: number;
  /** First and third quartile: half of the samples lie between them. */
  spread: [number, number];
}

/** What a figure is to keep to. `ratio` is to the reference, `value` to the median itself. */
export interface Target {
  of: "ratio" | "value";
  is: "at most" | "at least";
  limit: number;
}

/** One measured thing, beside what it is compared with, both from the same run and taken in turns. */
export interface Figure extends Series {
  unit: Unit;
  /** Less is better, except for rates. */
  better: "lower" | "higher";
  reference?: Series;
  /** Median over the reference's median. This, not seconds, is comparable between machines. */
  ratio?: number;
  target?: Target;
}

/** A step of a deployment, in seconds since its begin. */
export interface TimelineStep {
  name: string;
  from: number;
  to: number;
  /** Whether the deployment would have been shorter without it. */
  critical: boolean;
}

/** What one bench found. */
export interface Findings {
  figures: Figure[];
  /** Steps of a deployment, for a picture of them. */
  timeline?: TimelineStep[];
}

/** The machine and the programs that a bench ran on. */
export interface Machine {
  processor: string;
  cores: number;
  memoryGB: number;
  system: string;
  node: string;
  java: string;
  pulumi: string;
}

/** Findings with where and when they were made: each bench can be repeated by itself. */
export interface Result extends Findings {
  /** ISO 8601, by the minute. */
  date: string;
  machine: Machine;
}

/** A file of results, by name of the bench. */
export type Results = Record<string, Result>;

export interface Context {
  /** Empty folder of this bench's own, deleted afterwards. */
  folder: string;
  /** How many samples to take where a bench would take `usual`. */
  rounds(usual: number): number;
  /** Registers what ends something that was started. The last is called first, at the end and when the bench is cut short. */
  atEnd(stop: () => Promise<unknown>): void;
  /** Told what is being measured. */
  progress(line: string): void;
}

export interface Bench {
  /** One sentence. */
  about: string;
  run(context: Context): Promise<Findings>;
}
