import * as pulumi from "@pulumi/pulumi";

/** One thing that is wrong with the configuration, and the commands that put it right. */
export interface Problem {
  /** The whole key, with its path when the value is structured: `streaming:topics[0].partitions`. */
  key: string;
  /** What is there, in words; never the value of a secret. */
  got: string;
  needs: string;
  /** Shell commands, in order, without `--stack`. */
  fix: string[];
}

/** A step into a structured value: the name of a field or the index in a list. */
export type Step = string | number;

/** What is said instead of a secret's value. */
export const hiddenValue = "a secret (not shown)";

/** The key as people write it, by Pulumi's own path syntax. */
export function keyName(key: string, path: readonly Step[] = []): string {
  const steps = path.map((step) => {
    if (typeof step === "number") return `[${step}]`;
    return /^[\w-]+$/.test(step) ? `.${step}` : `["${step}"]`;
  });
  return `${key.includes(":") ? key : `streaming:${key}`}${steps.join("")}`;
}

/** A value, short enough for one line of a message. */
export function show(value: unknown): string {
  if (value === undefined || value === "") return "nothing";
  const text = JSON.stringify(value) ?? String(value);
  // Pasted under the wrong key, it is a secret all the same; so is an address that is signed, or has a login in it.
  if (/PRIVATE KEY|[?&]\w*sig=|:\/\/[^/\s:@]+:[^/\s@]+@/.test(text)) return hiddenValue;
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

/** The command that sets a key, or one part of a structured key. */
export function setCommand(key: string, value: unknown, path: readonly Step[] = []): string {
  const option = path.length > 0 ? "--path " : "";
  return `pulumi config set ${option}${quote(keyName(key, path))} ${quote(toText(value))}`;
}

/** The command that removes a key, or one part of a structured key. */
export function removeCommand(key: string, path: readonly Step[] = []): string {
  return `pulumi config rm ${path.length > 0 ? "--path " : ""}${quote(keyName(key, path))}`;
}

/** Stops the program with one error that lists all problems. Does nothing when there is none. */
export function throwProblems(problems: readonly Problem[], stack: string): void {
  if (problems.length === 0) return;
  const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
  const list = problems.map((problem, index) => `${index + 1}. ${describeProblem(problem, stack)}`);
  throw new pulumi.RunError(`${count} in the configuration of stack ${stack}:\n\n${list.join("\n\n")}\n`);
}

/** One problem in words, and below it, indented, the commands that put it right. */
export function describeProblem({ key, got, needs, fix }: Problem, stack: string): string {
  const commands = fix.map((command) => `\n     ${forStack(command, stack)}`).join("");
  return `\`${key}\`: got ${got}, needs ${needs}.${commands}`;
}

/** The stack that is previewed need not be the one selected, so the command names it. */
function forStack(command: string, stack: string): string {
  return command.includes("pulumi config ") ? `${command} --stack ${stack}` : command;
}

function toText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function quote(text: string): string {
  return /^[\w.:/@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
