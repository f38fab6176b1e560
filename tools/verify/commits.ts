/** A file that a sink has committed. */
export interface CommittedFile {
  /** As the Files API takes it, from /Volumes on. */
  path: string;
  /** When it was written, ms since 1970. */
  modified: number;
  /** Bytes. */
  size: number;
  /** The least and the greatest partition and offset in it, both inclusive, where the log says so. */
  bounds?: Bounds;
}

export interface Bounds {
  partition: { min: number; max: number };
  offset: { min: number; max: number };
}

/** What a sink's log of commits says at one look. */
export interface Look {
  /** Files with rows: all that there are when the look is `anew`, else at least those committed since the last look. */
  files: CommittedFile[];
  /** Files whose rows have been moved to others since the last look, so that they may be gone. */
  moved: ReadonlySet<string>;
  /** Whether `files` are all there are: what earlier looks named counts no more. */
  anew: boolean;
}

/** A sink's log of commits. Only what is committed there counts: other files are of attempts that failed. */
export interface CommitLog {
  /** What has been committed since the last look. One that throws is no look. */
  next(): Promise<Look>;
  /** Makes the next look one at everything. */
  restart(): void;
}

/** The sink is one whose records cannot be read from here, however often one looks. The message says why. */
export class Incomparable extends Error {}
