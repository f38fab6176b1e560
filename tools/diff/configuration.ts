import { existsSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { type Key, keys } from "../../settings/keys";
import { withoutCiphertexts } from "../stack/ciphertexts";
import type { ConfigurationChange } from "./model";
import { secretName, secretText } from "./secrets";
import { leaves, secret } from "./values";

const encrypted = "[encrypted]";

/**
 * Whether a value in clear is one to hide: of a key that is secret, by a name on the way to it, since other providers' keys
 * are not known here, or by what it says. What scripts are given may be a password, and what follows a `?` in their
 * addresses a signature.
 */
function isSecret(key: string, path: string, leaf: unknown): boolean {
  if ((keys as Record<string, Key>)[key.replace(/^streaming:/, "")]?.secret) return true;
  const names = path.slice(path.indexOf(":") + 1).match(/[\w-]+/g) ?? [];
  if (names.some((name) => secretName.test(name.replace(/s$/i, "")))) return true;
  if (secretText.test(String(leaf))) return true;
  if (!key.startsWith("streaming:kafkaScriptActions")) return false;
  return path.endsWith(".parameters") || (path.endsWith(".uri") && String(leaf).includes("?"));
}

/** Values to hide that a configuration has in clear, by mistake. */
export function secretsInClear(config: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(config).flatMap(([key, value]) =>
    leaves(
      withoutCiphertexts(value, key, () => undefined),
      key,
    ).flatMap(([path, leaf]) => (typeof leaf === "string" && isSecret(key, path, leaf) ? [leaf] : [])),
  );
}

/** Keys that the stack file has another value for, and keys whose default the stack takes and that is another now. */
export function configurationChanges(base: string, head: string, stack: string): ConfigurationChange[] {
  const [own, now] = [base, head].map((folder) => ofStack(folder, stack)) as [Config, Config];
  const [before, after] = [base, head].map(ofDefaults) as [Config, Config];
  const isOwn = (key: string) => [own, now].some((config) => key in config.keys);
  return [
    ...compare(own, now, false),
    ...compare(before, after, true).filter(({ key }) => !isOwn(key.replace(/[.[].*/, ""))),
  ];
}

/** Keys that a configuration has another value for than the deployed one, and keys that only one of them has. */
export function differences(before: Record<string, unknown>, after: Record<string, unknown>): ConfigurationChange[] {
  return compare({ keys: before }, { keys: after }, false);
}

interface Config {
  /** Whole keys. */
  keys: Record<string, unknown>;
}

function ofStack(folder: string, stack: string): Config {
  const file = path.join(folder, `Pulumi.${stack}.yaml`);
  if (!existsSync(file)) return { keys: {} };
  const { config } = (parse(readFileSync(file, "utf8")) ?? {}) as { config?: Record<string, unknown> };
  return { keys: config ?? {} };
}

function ofDefaults(folder: string): Config {
  const { config } = parse(readFileSync(path.join(folder, "Pulumi.yaml"), "utf8")) as {
    config?: Record<string, { default?: unknown }>;
  };
  const known = Object.entries(config ?? {}).map(([key, declared]) => [`streaming:${key}`, declared.default ?? ""]);
  return { keys: Object.fromEntries(known) };
}

function compare(base: Config, head: Config, isDefault: boolean): ConfigurationChange[] {
  const [before, after] = [base, head].map(({ keys }) => flat(keys)) as [Map<string, Leaf>, Map<string, Leaf>];
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((key): ConfigurationChange[] => {
    const [old, now] = [before.get(key), after.get(key)];
    if (old?.identity === now?.identity) return [];
    const kind = !old ? "added" : now ? "changed" : "removed";
    return [{ key, kind, ...(old && { before: old.shown }), ...(now && { after: now.shown }), isDefault }];
  });
}

interface Leaf {
  identity: string;
  shown: unknown;
}

function flat(config: Record<string, unknown>): Map<string, Leaf> {
  return new Map(
    Object.entries(config).flatMap(([key, value]) => {
      const ciphertexts = new Map<string, string>();
      const readable = withoutCiphertexts(value, key, (path, ciphertext) => {
        ciphertexts.set(path, ciphertext);
        return encrypted;
      });
      return leaves(readable, key).map(([path, leaf]): [string, Leaf] => {
        // Its ciphertext tells whether it is another one, and nothing else.
        const ciphertext = ciphertexts.get(path);
        if (ciphertext !== undefined) return [path, { identity: ciphertext, shown: encrypted }];
        // Committed in clear by mistake, a secret is not made worse by a comment, which outlives the commit.
        return [path, { identity: JSON.stringify(leaf), shown: isSecret(key, path, leaf) ? secret : leaf }];
      });
    }),
  );
}
