import { readFileSync } from "node:fs";
import * as path from "node:path";
import type { PackageChange } from "./model";

/** Packages of the program, not of the tools around it, whose installed versions differ. */
export function packageChanges(base: string, head: string): PackageChange[] {
  const [before, after] = [base, head].map(versions) as [Record<string, string>, Record<string, string>];
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].sort().flatMap((name): PackageChange[] => {
    const [old, now] = [before[name], after[name]];
    return old === now ? [] : [{ name, ...(old && { before: old }), ...(now && { after: now }) }];
  });
}

/** Whether a provider is among them. */
export function hasProvider(packages: readonly PackageChange[]): boolean {
  return packages.some(({ name }) => /^@pulumi\/(?!pulumi$|policy$)/.test(name));
}

function versions(folder: string): Record<string, string> {
  const read = (file: string) => JSON.parse(readFileSync(path.join(folder, file), "utf8"));
  const { dependencies = {} } = read("package.json") as { dependencies?: Record<string, string> };
  const { packages } = read("package-lock.json") as { packages: Record<string, { version: string } | undefined> };
  const known = Object.keys(dependencies).map((name) => [name, packages[`node_modules/${name}`]?.version ?? "none"]);
  return Object.fromEntries(known) as Record<string, string>;
}
