import { Transform, type TransformCallback } from "node:stream";

/** A path that means something on a node, and the folder that stands for it on this machine. */
export interface PathMapping {
  from: string;
  to: string;
}

/** The text of a command, with the node's paths replaced. */
export function mapPaths(text: string, { from, to }: PathMapping): string {
  return text.replaceAll(from, to);
}

/**
 * Whether a command is a shell that takes its script from standard input: `bash -s -- a b`, `bash -eu`, `sh`, with
 * assignments or `exec` before it. Then what arrives there is text of a script, in which paths are replaced. What any
 * other command reads is data, and stays as it is.
 */
export function readsScript(command: string): boolean {
  // What follows the shell's own words, in a list or a pipe, changes nothing about its input.
  const words = command
    .trim()
    .replace(/\s*[;|&].*$/s, "")
    .split(/\s+/);
  while (words[0] === "exec" || /^\w+=[\w./:@%+-]*$/.test(words[0] ?? "")) words.shift();
  const program = words.shift()?.replace(/^.*\//, "");
  if (program !== "bash" && program !== "sh") return false;
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    if (/^-\w*s\w*$/.test(word)) return true;
    if (/^-\w*c/.test(word) || !/^([-+][\w-]+|\d*>.*)$/.test(word)) return false;
    // The name after -o (-euo pipefail) belongs to it.
    if (/^[-+]\w*[oO]$/.test(word)) words.shift();
  }
  return true;
}

/** Replaces a path in a stream of bytes, also where it is cut by the borders of chunks. */
export class PathMapper extends Transform {
  private readonly from: Buffer;
  private readonly to: Buffer;
  private held = Buffer.alloc(0);

  constructor({ from, to }: PathMapping) {
    super();
    this.from = Buffer.from(from);
    this.to = Buffer.from(to);
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    let rest = Buffer.concat([this.held, chunk]);
    for (let at = rest.indexOf(this.from); at >= 0; at = rest.indexOf(this.from)) {
      this.push(rest.subarray(0, at));
      this.push(this.to);
      rest = rest.subarray(at + this.from.length);
    }
    const begun = this.lengthOfBeginning(rest);
    this.push(rest.subarray(0, rest.length - begun));
    this.held = rest.subarray(rest.length - begun);
    done();
  }

  override _flush(done: TransformCallback): void {
    done(null, this.held);
  }

  /** How many of the last bytes may be the beginning of the path. Anything else is passed on at once. */
  private lengthOfBeginning(bytes: Buffer): number {
    for (let length = Math.min(bytes.length, this.from.length - 1); length > 0; length--) {
      if (bytes.subarray(bytes.length - length).equals(this.from.subarray(0, length))) return length;
    }
    return 0;
  }
}
