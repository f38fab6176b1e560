import { readFileSync } from "node:fs";
import * as path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { keys } from "../../settings/keys";
import { refusal, withoutEngine } from "./config";
import { refused } from "./refused";

interface Row {
  name: string;
  set: Record<string, string | null>;
  /** Each problem: what is wrong on its first line, a command on each line after it. */
  problems: string[];
}

const table = parse(readFileSync(path.join(__dirname, "badConfigurations.yaml"), "utf8")) as Row[];

beforeAll(withoutEngine);

/** What the person at the terminal reads. */
function message(problems: string[]): string {
  const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
  const list = problems.map((problem, index) => `${index + 1}. ${problem.trimEnd().replaceAll("\n", "\n     ")}`);
  return `${count} in the configuration of stack dev:\n\n${list.join("\n\n")}\n`;
}

describe("a bad configuration", () => {
  it.each(table.map((row) => [row.name, row] as const))("with %s says exactly this", (_, { set, problems }) => {
    const changes = Object.fromEntries(Object.entries(set).map(([key, value]) => [key, value ?? undefined]));
    expect(refusal(changes)).toBe(message(problems));
  });

  it("is in the table once for each key that there is", () => {
    const inTable = table.flatMap(({ problems }) => problems.map((problem) => /^`streaming:(\w+)/.exec(problem)?.[1]));
    const elsewhere = refused.map(([, , key]) => /^streaming:(\w+)/.exec(key)?.[1]);
    const covered = new Set([...inTable, ...elsewhere]);
    expect(Object.keys(keys).filter((key) => !covered.has(key))).toEqual([]);
  });

  it("has a name of its own in the table", () => {
    expect(new Set(table.map(({ name }) => name)).size).toBe(table.length);
  });

  it("is in the table with its whole message, and in one of so many rows that none goes unnoticed", () => {
    expect(table.length).toBeGreaterThanOrEqual(140);
    // What is wrong, and what is needed: a key in backticks, and more than its name.
    const vague = table.filter(
      ({ problems }) => problems.length === 0 || problems.some((text) => !/`.+`.{20}/s.test(text)),
    );
    expect(vague).toEqual([]);
  });
});
