/** Where a command tells how far it is: a live one at a terminal, lines elsewhere, and a file beside both. */
export interface Display {
  /** A part of the whole begins, numbered like `1/4`. */
  phase(title: string, explanation: string): void;
  /** Something begins that takes a while. */
  task(name: string): Task;
  /** One line, or several, that stay. */
  say(text: string): void;
  /** Nothing comes any more: the terminal is as it was. */
  close(): void;
}

/** Something under way. Whichever of `done` and `failed` comes first ends it. */
export interface Task {
  /** How far it is; each replaces what was told before. */
  tell(news: News): void;
  /** @param remark what came of it, and how long it took where that is not obvious */
  done(remark?: string): void;
  failed(remark?: string): void;
}

/** How far something is: in words, or in bytes. */
export type News = string | Received;

/** Part of a download. */
export interface Received {
  bytes: number;
  /** Undefined where nobody said how many there are to be. */
  totalBytes?: number;
}

/** Tells several at once. */
export function together(...displays: Display[]): Display {
  return {
    phase: (title, explanation) => {
      for (const one of displays) one.phase(title, explanation);
    },
    task: (name) => {
      const tasks = displays.map((one) => one.task(name));
      return {
        tell: (news) => {
          for (const one of tasks) one.tell(news);
        },
        done: (remark) => {
          for (const one of tasks) one.done(remark);
        },
        failed: (remark) => {
          for (const one of tasks) one.failed(remark);
        },
      };
    },
    say: (text) => {
      for (const one of displays) one.say(text);
    },
    close: () => {
      for (const one of displays) one.close();
    },
  };
}
