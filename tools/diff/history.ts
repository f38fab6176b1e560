import { hasCiphertext, isCiphertext } from "../stack/ciphertexts";
import type { CliRun } from "./engine";

/** How the CLI tells a value of the configuration in JSON.
 * Source: https://github.com/pulumi/pulumi/blob/v3.259.0/pkg/cmd/pulumi/config/config.go (`configValueJSON`) */
export interface ConfigValue {
  value?: string;
  objectValue?: unknown;
  secret: boolean;
}

/** What `pulumi stack history` tells of an update. Secrets have no value there unless they are asked for.
 * Source: https://github.com/pulumi/pulumi/blob/v3.259.0/pkg/cmd/pulumi/stack/stack_history.go */
interface Update {
  kind: string;
  result: string;
  config?: Record<string, ConfigValue>;
}

/** Stands for every secret: here, nobody can tell one from another. */
const someSecret = { secure: "" };

/**
 * The configuration of a stack's last deployment that succeeded, by full key, defaults among it; nothing where there is
 * none, or where the backend keeps no history.
 */
export async function lastConfiguration(
  pulumi: (args: string[]) => Promise<CliRun>,
): Promise<Record<string, unknown> | undefined> {
  const { stdout, failure } = await history(pulumi);
  if (failure !== undefined) return undefined;
  const updates = JSON.parse(stdout) as Update[];
  const last = updates.find(({ kind, result }) => kind === "update" && result === "succeeded");
  if (!last) return undefined;
  return Object.fromEntries(
    Object.entries(last.config ?? {}).map(([key, { value, objectValue, secret }]) => [
      key,
      secret ? someSecret : (objectValue ?? value),
    ]),
  );
}

/** Versions of the CLI differ in how they are asked for JSON. */
async function history(pulumi: (args: string[]) => Promise<CliRun>): Promise<CliRun> {
  const ask = (...format: string[]) => pulumi(["stack", "history", ...format, "--page-size", "20"]);
  const newer = await ask("--output", "json");
  return newer.failure === undefined ? newer : ask("--json");
}

/**
 * A configuration with every value as text, as some come from the history, and secrets without theirs.
 *
 * @param other the one that it is compared with: of a key with a secret somewhere in it, the history makes one secret
 */
export function comparable(
  config: Readonly<Record<string, unknown>>,
  other: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(config).map(([key, value]) => {
      const isOne = isCiphertext(value) || (isCiphertext(other[key]) && hasCiphertext(value));
      return [key, isOne ? someSecret : asTexts(value)];
    }),
  );
}

function asTexts(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asTexts);
  if (typeof value !== "object" || value === null) return String(value);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, asTexts(item)]));
}
