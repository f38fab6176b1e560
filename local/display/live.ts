import { createLogUpdate } from "log-update";
import pc from "picocolors";
import type { Display, News, Task } from "./display";
import { amount, duration, fit, megabytes, Speed } from "./words";

/** Spins beside what is under way. */
const frames = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const frameMs = 100;
/** Names of tasks are as long as the program's names of resources. */
const nameWidth = 26;
const barWidth = 12;

interface Row {
  name: string;
  began: number;
  news: News;
  speed: Speed;
  /** Bytes a second, of a download. */
  rate?: number;
}

/**
 * What is done scrolls by and stays; below it, what is under way is drawn again ten times a second: each with how far
 * it is, the size and speed of a download, and how long it has taken.
 */
export class Live implements Display {
  private readonly rows = new Set<Row>();
  private readonly area: ReturnType<typeof createLogUpdate>;
  private current: Pick<Row, "name" | "began"> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private frame = 0;

  constructor(
    private readonly terminal: NodeJS.WriteStream = process.stdout,
    private readonly now: () => number = Date.now,
  ) {
    this.area = createLogUpdate(terminal);
  }

  phase(title: string, explanation: string): void {
    this.current = { name: title, began: this.now() };
    this.animate();
    this.say(`\n${pc.bold(pc.cyan(title))}  ${explanation}`);
  }

  task(name: string): Task {
    const row: Row = { name, began: this.now(), news: "", speed: new Speed() };
    this.rows.add(row);
    this.animate();
    const end = (mark: string, remark: string) => {
      if (!this.rows.delete(row)) return;
      const took = pc.dim(duration(this.now() - row.began).padStart(7));
      this.say(`  ${mark} ${name.padEnd(nameWidth)} ${took}  ${remark}`.trimEnd());
    };
    const room = () => (this.terminal.columns ?? 80) - nameWidth - 14;
    return {
      tell: (news) => {
        row.news = news;
        if (typeof news !== "string") row.rate = row.speed.after(news.bytes, this.now());
      },
      done: (remark = "ready") => end(pc.green("✔"), fit(remark, room())),
      // A reason is not cut, however long: it is to be read and copied.
      failed: (remark = "failed") => end(pc.red("✖"), pc.red(remark)),
    };
  }

  say(text: string): void {
    this.area.clear();
    this.terminal.write(`${text}\n`);
    this.draw();
  }

  close(): void {
    clearInterval(this.timer);
    this.timer = undefined;
    this.current = undefined;
    this.rows.clear();
    this.area.clear();
    this.area.done();
  }

  private animate(): void {
    this.timer ??= setInterval(() => this.draw(), frameMs);
  }

  private draw(): void {
    this.frame = (this.frame + 1) % frames.length;
    const { columns = 80, rows = 24 } = this.terminal;
    const all = [...this.rows];
    const room = Math.max(1, rows - 4);
    const shown = all.slice(0, room).map((row) => this.line(row, columns - 1));
    if (all.length > room) shown.push(pc.dim(`    and ${all.length - room} more`));
    if (this.current) shown.push(pc.dim(`  ${this.current.name}: ${duration(this.now() - this.current.began)}`));
    this.area(shown.join("\n"));
  }

  private line({ name, began, news, rate }: Row, columns: number): string {
    const took = duration(this.now() - began).padStart(7);
    const start = fit(`${name.padEnd(nameWidth)} ${took}  `, columns - 4);
    const rest = fit(typeof news === "string" ? news : download(news, rate), columns - 4 - start.length);
    return `  ${pc.cyan(frames[this.frame] ?? "")} ${start}${pc.dim(rest)}`;
  }
}

/** `█████░░░░░░░  117 of 292 MB  71 MB/s`, in what a terminal of 80 columns leaves. */
function download(received: Extract<News, object>, rate: number | undefined): string {
  const { bytes, totalBytes } = received;
  const filled = totalBytes ? Math.min(barWidth, Math.round((bytes / totalBytes) * barWidth)) : 0;
  const bar = totalBytes ? `${"█".repeat(filled)}${"░".repeat(barWidth - filled)}  ` : "";
  return `${bar}${amount(received)}${rate === undefined ? "" : `  ${megabytes(rate)}/s`}`;
}
