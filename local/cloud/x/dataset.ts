import * as fs from "node:fs";
import { z } from "zod";

const row = z.object({ id: z.string().min(1), text: z.string() });

/**
 * Reads the texts of a data set of tweets: JSON lines with `id` and `text`, in the file's order.
 *
 * @throws Error naming the file, and the line when one is malformed
 */
export function readTexts(file: string): string[] {
  if (!fs.existsSync(file)) throw new Error(`The data set \`${file}\` is missing; \`npm start\` fetches it at set-up`);
  const lines = fs.readFileSync(file, "utf8").split("\n");
  const texts = lines.flatMap((line, index) => (line.trim() === "" ? [] : [textOf(line, `${file}:${index + 1}`)]));
  if (texts.length === 0) throw new Error(`The data set \`${file}\` has no tweets`);
  return texts;
}

function textOf(line: string, place: string): string {
  try {
    return row.parse(JSON.parse(line)).text;
  } catch (error) {
    const why = error instanceof z.ZodError ? error.issues[0]?.message : (error as Error).message;
    throw new Error(`\`${place}\` is not a JSON object with \`id\` and \`text\`: ${why}`);
  }
}
