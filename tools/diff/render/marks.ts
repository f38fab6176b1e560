/** Most characters of one name or value. */
const longestCode = 400;

/** @param summary HTML, in which nothing is Markdown */
export function fold(summary: string, body: string): string {
  return `<details><summary>${summary}</summary>\n\n${body}\n\n</details>`;
}

/** Text as code, whatever is in it: no Markdown, no HTML, no mention of anybody. */
export function code(value: string): string {
  const whole = line(value);
  const text = whole.length > longestCode ? `${whole.slice(0, longestCode)}...` : whole;
  const ticks = "`".repeat(1 + Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length)));
  return ticks.length > 1 ? `${ticks} ${text} ${ticks}` : `\`${text}\``;
}

export function fence(text: string, language: string): string {
  const ticks = "`".repeat(1 + Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length)));
  return `${ticks}${language}\n${text}\n${ticks}`;
}

export function escaped(text: string): string {
  return line(text).replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}

/** A sentence with values of the configuration in it: they stay in its line, and are no HTML. */
export function prose(text: string): string {
  return line(text).replaceAll("<", "&lt;");
}

function line(text: string): string {
  return text.replace(/\s+/g, " ");
}
