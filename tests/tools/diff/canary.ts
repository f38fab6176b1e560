import { existsSync, readdirSync } from "node:fs";
import * as path from "node:path";
import { expect } from "vitest";
import { loadKeys } from "../../../local/setup/keys";
import type { DiffReport } from "../../../tools/diff/model";
import { renderers } from "../../../tools/diff/render";
import { readConfiguration } from "../../../tools/diff/standIns";

/** Every form of a report. */
export function everyForm(report: DiffReport): string {
  return Object.values(renderers)
    .map((render) => render(report))
    .join("\n");
}

/** Fails when one of the secrets is in one of the forms of a report. */
export function expectNone(secrets: readonly string[], report: DiffReport): void {
  expect(secrets.length).toBeGreaterThan(4);
  const forms = everyForm(report);
  // JSON writes the line ends of a key as `\n`, so the lines are looked for.
  const lines = secrets.flatMap((secret) => secret.split("\n")).filter((line) => line.length >= 10);
  for (const line of lines.filter((each) => !each.startsWith("-----"))) {
    if (forms.includes(line)) expect.fail(`A report shows a secret, which begins with ${line.slice(0, 4)}.`);
  }
}

/** The secrets of a control plane: those of its logins, and those of the stack on it. */
export async function secretsOf(home: string): Promise<string[]> {
  const { passphrase, gatewayPassword, ssh, azure, databricksToken, xBearerToken } = await loadKeys(home);
  return [passphrase, gatewayPassword, ssh.privateKey, azure.clientSecret, databricksToken, xBearerToken];
}

/** The secrets that a comparison makes up or meets: of the versions, and of every control plane that is kept. */
export async function secretsOfComparison(folders: readonly string[], stack: string, cache: string): Promise<string[]> {
  const states = path.join(cache, "states");
  const homes = existsSync(states)
    ? readdirSync(states)
        .filter((name) => !/^(?:new|run)-/.test(name))
        .map((name) => path.join(states, name))
    : [];
  const own = await Promise.all(homes.map(secretsOf));
  const madeUp = folders.flatMap((folder) => Object.values(readConfiguration(folder, stack, cache).secrets));
  return [...madeUp, ...own.flat()];
}
