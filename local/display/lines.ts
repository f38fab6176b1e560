import type { Display, News, Task } from "./display";
import { duration, words } from "./words";

export interface LinesOptions {
  /** Takes one line, without its end. */
  write: (line: string) => void;
  /** Whether all that is told comes out, instead of every tenth of a download and what differs from the line before. */
  all?: boolean;
  now?: () => number;
}

/** One line for whatever begins, moves on or ends: for files, pipes and CI. */
export class Lines implements Display {
  private readonly write: (line: string) => void;
  private readonly all: boolean;
  private readonly now: () => number;

  constructor({ write, all = false, now = Date.now }: LinesOptions) {
    this.write = write;
    this.all = all;
    this.now = now;
  }

  phase(title: string, explanation: string): void {
    this.write("");
    this.write(`${title}: ${explanation}`);
  }

  task(name: string): Task {
    const began = this.now();
    const filter = new Filter(this.all);
    this.write(`  ${name}: begins`);
    return {
      tell: (news) => {
        if (filter.isNew(news)) this.write(`  ${name}: ${words(news)}`);
      },
      done: (remark = "ready") => this.write(`  ${name}: ${remark} (${duration(this.now() - began)})`),
      failed: (remark = "") => this.write(`  ${name}: failed${remark && `: ${remark}`}`),
    };
  }

  say(text: string): void {
    for (const line of text.split("\n")) this.write(line);
  }

  close(): void {}
}

/** What is worth a line of its own. */
class Filter {
  private last = "";
  private tenth = 0;

  constructor(private readonly all: boolean) {}

  isNew(news: News): boolean {
    if (this.all) return true;
    if (typeof news === "string") {
      const differs = news !== this.last;
      this.last = news;
      return differs;
    }
    // Where the whole is not known, every 25 MB count as a tenth.
    const tenth = Math.floor(news.totalBytes ? (news.bytes / news.totalBytes) * 10 : news.bytes / 25e6);
    const moved = tenth > this.tenth;
    this.tenth = tenth;
    return moved;
  }
}
