import { StringDecoder } from "node:string_decoder";
import type { Log } from "../rpc/engineLog";

type Stream = "stdout" | "stderr";

/** Collects what a command writes, and shows it line by line while the command runs. */
export class Output {
  private readonly collected = { stdout: "", stderr: "" };
  private readonly decoders = { stdout: new StringDecoder("utf8"), stderr: new StringDecoder("utf8") };
  private readonly unfinished = { stdout: "", stderr: "" };
  private both = "";

  /**
   * @param log where lines go
   * @param logging which of the streams to show: `stdout`, `stderr`, `stdoutAndStderr` (the default) or `none`
   */
  constructor(
    private readonly log: Log,
    private readonly logging = "stdoutAndStderr",
  ) {}

  /** Takes a piece of a stream; pieces may end anywhere, even inside a character. */
  write(stream: Stream, chunk: Buffer): void {
    this.append(stream, this.decoders[stream].write(chunk));
  }

  /** Call when both streams have ended. */
  end(): void {
    for (const stream of ["stdout", "stderr"] as const) {
      this.append(stream, this.decoders[stream].end());
      if (this.unfinished[stream]) this.show(stream, this.unfinished[stream]);
      this.unfinished[stream] = "";
    }
  }

  /** The outputs of the resource: each stream without its last line break. */
  result(): { stdout: string; stderr: string } {
    const trim = (text: string): string => text.replace(/\n$/, "");
    return { stdout: trim(this.collected.stdout), stderr: trim(this.collected.stderr) };
  }

  /** Both streams in the order written, for error messages. */
  combined(): string {
    return this.both;
  }

  private append(stream: Stream, text: string): void {
    this.collected[stream] += text;
    this.both += text;
    const lines = (this.unfinished[stream] + text).split("\n");
    this.unfinished[stream] = lines.pop() ?? "";
    for (const line of lines) this.show(stream, line);
  }

  private show(stream: Stream, line: string): void {
    if (this.logging === stream || this.logging === "stdoutAndStderr") this.log.status(line);
  }
}
