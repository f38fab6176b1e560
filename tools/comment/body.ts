import { lstatSync, readFileSync } from "node:fs";

/** GitHub takes so many characters in a comment or in the description of an issue. */
const limit = 65_536;

/**
 * The text of a comment: a marker that readers do not see and by which the next run finds it, and the report. People
 * and teams that the report names are not notified.
 *
 * @param name which comment it is, of letters, digits, `.`, `_` and `-`: a pull request has one of each name
 * @param origin who made the report. It stands above it: a report could hide what comes after itself
 * @throws Error when the name is another one, the report is empty, or both are longer than GitHub takes
 */
export function bodyOf(name: string, report: string, origin?: string): string {
  const parts = [markerOf(name), ...(origin ? [origin] : []), withoutMentions(normal(report))];
  const body = parts.join("\n\n");
  if (normal(report) === "") throw new Error("The report is empty: there is nothing to write.");
  if (body.length > limit) {
    throw new Error(
      `The report has ${body.length} characters, and GitHub takes ${limit}. \`--format markdown\` of \`npm run diff\` ` +
        "keeps it below; give that one.",
    );
  }
  return body;
}

/** First line of the comment of this name. */
export function markerOf(name: string): string {
  if (!/^[\w.-]{1,100}$/.test(name)) {
    throw new Error(
      `\`--name\` is "${name}"; it has to be of letters, digits, ".", "_" and "-", such as "drift-prod".`,
    );
  }
  return `<!-- azure-kafka-spark-streaming:${name} -->`;
}

/** Whether a text that GitHub keeps is this one. It may have other line ends there. */
export function isSame(kept: string | null | undefined, body: string): boolean {
  return normal(kept ?? "") === normal(body);
}

/** Whether a text is the comment with this marker: one that quotes it further down is not. */
export function isMarked(kept: string | null | undefined, marker: string): boolean {
  return normal(kept ?? "").split("\n", 1)[0] === marker;
}

/**
 * A file that somebody else wrote, as text.
 *
 * @param most bytes that it may have
 * @throws Error when it is no plain file, such as a link to another one, or longer
 */
export function readUntrusted(file: string, most: number): string {
  const status = lstatSync(file, { throwIfNoEntry: false });
  if (!status) throw new Error(`There is no file \`${file}\`.`);
  if (!status.isFile()) throw new Error(`\`${file}\` is not a plain file, so it is not read.`);
  if (status.size > most) throw new Error(`\`${file}\` has ${status.size} bytes; ${most} is the most that is read.`);
  return readFileSync(file, "utf8");
}

function normal(text: string): string {
  return text.replaceAll("\r\n", "\n").trim();
}

/** An invisible character after the sign, so that it looks the same and names nobody. Entities are signs as well. */
function withoutMentions(text: string): string {
  return text.replace(/(?<![a-z\d])@(?=[a-z\d])|&(?:#0*64|#x0*40|commat);/gi, "@\u200b");
}
