import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { z } from "zod";
import { type Key, keys } from "../../settings/keys";

/** A key as people are told of it. */
export interface DeclaredKey {
  name: string;
  key: Key;
  description: string;
  /** What is used where a stack file does not have the key. */
  default?: unknown;
}

/**
 * Every key, in the order of settings/keys.ts. Texts are described in Pulumi.yaml; lists and objects, which are not
 * declared there, carry their description and default themselves.
 *
 * @throws Error for a key that nobody described.
 */
export function declaredKeys(projectFile = "Pulumi.yaml"): DeclaredKey[] {
  const project = parse(readFileSync(projectFile, "utf8")) as {
    config: Record<string, { default?: unknown; description?: string }>;
  };
  return Object.entries<Key>(keys).map(([name, key]) => {
    const { description, default: value } = { ...z.globalRegistry.get(key.schema), ...project.config[name] };
    if (!description) throw new Error(`Key \`${name}\` has no description, neither in Pulumi.yaml nor in keys.ts.`);
    return { name, key, description, ...(value === "" || value === undefined ? {} : { default: value }) };
  });
}
