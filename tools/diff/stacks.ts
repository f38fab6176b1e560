import { existsSync, readdirSync } from "node:fs";
import { closest, distance } from "fastest-levenshtein";
import { ownName, stackFile } from "../stackConfiguration";

/** Stacks that a version has a file for; `local` is the twin's own, and every user's at the same time. */
export function stacksOf({ folder }: { folder: string }): string[] {
  return readdirSync(folder)
    .map((name) => /^Pulumi\.(.+)\.yaml$/.exec(name)?.[1])
    .filter((name) => name !== undefined && name !== "local")
    .sort() as string[];
}

/**
 * Checks names that somebody typed. A misspelt one would else be a stack that the new version has no more.
 *
 * @param stacks names, which may be given with their organization
 * @param versions a stack has to have a file in one of them
 * @throws Error that lists every name without one, and the stacks that there are
 */
export function checkStacks(stacks: readonly string[], ...versions: { folder: string }[]): void {
  const unknown = stacks.filter((stack) => !versions.some(({ folder }) => existsSync(stackFile(stack, folder))));
  if (unknown.length === 0) return;
  const known = [...new Set(versions.flatMap(stacksOf))].sort();
  throw new Error([...unknown.map((stack) => unknownStack(stack, known)), stacksThere(known)].join("\n"));
}

function unknownStack(stack: string, known: readonly string[]): string {
  const name = ownName(stack);
  const near = known.length > 0 ? closest(name, known) : "";
  const meant = near !== "" && distance(name, near) <= 2 ? ` Did you mean \`${near}\`?` : "";
  return `\`--stack\` is \`${stack}\`, and there is no \`Pulumi.${name}.yaml\`.${meant}`;
}

function stacksThere(known: readonly string[]): string {
  if (known.length === 0) return "No stack has a file here; `npm run new-stack -- NAME` writes one.";
  return `The stacks that have a file are ${known.map((name) => `\`${name}\``).join(", ")}.`;
}
