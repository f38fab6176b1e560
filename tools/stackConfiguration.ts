import { readFileSync } from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { projectRoot } from "../local/paths";
import { checkConfiguration } from "../settings/check";

const namespace = "streaming:";

/** The stack file of a stack, which may be named with its organization. */
export function stackFile(stack: string, folder = projectRoot): string {
  return path.join(folder, `Pulumi.${ownName(stack)}.yaml`);
}

/** The name of a stack without the organization and the project that it may be given with. */
export function ownName(stack: string): string {
  return stack.slice(stack.lastIndexOf("/") + 1);
}

/** What `Pulumi.yaml` gives to keys that a stack file does not set, by full key. */
export function projectDefaults(folder = projectRoot): Record<string, string> {
  const { config = {} } = parse(readFileSync(path.join(folder, "Pulumi.yaml"), "utf8")) as {
    config?: Record<string, { default?: unknown }>;
  };
  const given = Object.entries(config).filter(([, declared]) => declared.default !== undefined);
  return Object.fromEntries(given.map(([key, declared]) => [`${namespace}${key}`, String(declared.default)]));
}

/** What a stack's program reads, by full key: the stack file's values, encrypted ones as they are, and the defaults. */
export function configurationOf(stack: string, folder = projectRoot): Record<string, unknown> {
  const { config = {} } = (parse(readFileSync(stackFile(stack, folder), "utf8")) ?? {}) as {
    config?: Record<string, unknown>;
  };
  return { ...projectDefaults(folder), ...config };
}

/**
 * The program's own checks of a stack's configuration, without the engine.
 *
 * @param stack name of the stack, which may be given with its organization
 * @param config values by full key, secrets in clear
 * @param secrets the full keys that Pulumi keeps encrypted
 * @param check the checks, where they are those of another version of the program
 */
export function checkStack(
  stack: string,
  config: Readonly<Record<string, unknown>>,
  secrets: ReadonlySet<string>,
  defaults = projectDefaults(),
  check = checkConfiguration,
): ReturnType<typeof checkConfiguration> {
  const own = Object.entries({ ...defaults, ...config }).filter(([key]) => key.startsWith(namespace));
  const texts = Object.fromEntries(own.map(([key, value]) => [key.slice(namespace.length), asText(value)]));
  const location = config["azure-native:location"];
  return check(
    { texts, isEncrypted: (key) => secrets.has(namespace + key) },
    location === undefined ? undefined : String(location),
    ownName(stack),
  );
}

/** As Pulumi gives a value to a program. */
function asText(value: unknown): string {
  return typeof value === "object" && value !== null ? JSON.stringify(value) : String(value);
}
