import { once } from "node:events";
import { createWriteStream, readFileSync } from "node:fs";
import * as path from "node:path";
import { finished } from "node:stream/promises";
import { projectRoot } from "../../local/paths";

const sample = path.join(projectRoot, "local", "setup", "sample.jsonl");

/**
 * Writes a data set for `replay` in which no line is like another, of the words of real posts.
 *
 * @param length of each text, in characters
 */
export async function writeDataset(file: string, lines: number, length: number): Promise<void> {
  const posts = readFileSync(sample, "utf8").trim().split("\n");
  const words = posts.flatMap((line) => (JSON.parse(line) as { text: string }).text.split(" "));
  const out = createWriteStream(file, { mode: 0o600 });
  let next = 0;
  for (let line = 0; line < lines; line++) {
    let text = "";
    while (text.length < length) text += `${words[next++ % words.length]} `;
    const more = out.write(
      `${JSON.stringify({ id: String(1e7 + line), text: text.slice(0, length), rating: null })}\n`,
    );
    if (!more) await once(out, "drain");
  }
  out.end();
  await finished(out);
}
