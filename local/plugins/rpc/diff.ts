import { covers, formatPath, type Path, parsePath } from "./paths";
import { equal, isProps, type Props, type Value } from "./values";

/** One difference between what a resource was given and what it is given now. */
export interface Change {
  path: Path;
  kind: "add" | "delete" | "update";
  /** Whether the change needs another resource in place of this one. */
  replace: boolean;
}

export interface DiffOptions {
  /** Patterns (`location`, `sku.name`, `roles[*].vmSize`) of properties that cannot change in place. */
  replaceOn?: readonly string[];
  /** Patterns of properties whose changes the program wants ignored. */
  ignore?: readonly string[];
  /** Whether two different values mean the same to the service, such as `West Europe` and `westeurope`. */
  same?: (path: Path, before: Value, after: Value) => boolean;
}

/**
 * Compares two bags of properties leaf by leaf. Keys that start with `__` are the engine's or the provider's own and
 * are skipped. An unknown value counts as a change, since it may turn out to be one.
 */
export function compare(before: Props, after: Props, options: DiffOptions = {}): Change[] {
  const replaceOn = (options.replaceOn ?? []).map(parsePath);
  const ignore = (options.ignore ?? []).map(parsePath);
  const changes: Change[] = [];
  const report = (path: Path, kind: Change["kind"]): void => {
    if (ignore.some((pattern) => covers(pattern, path))) return;
    // A change above a pattern (all of `sku` added) touches what the pattern names, too.
    const replace = replaceOn.some((pattern) => covers(pattern, path) || covers(path, pattern));
    changes.push({ path, kind, replace });
  };
  const values = (path: Path, a: Value | undefined, b: Value | undefined): void => {
    if (a === undefined) {
      if (b !== undefined) report(path, "add");
    } else if (b === undefined) {
      report(path, "delete");
    } else if (isProps(a) && isProps(b)) {
      objects(path, a, b);
    } else if (Array.isArray(a) && Array.isArray(b)) {
      for (let i = 0; i < Math.max(a.length, b.length); i++) values([...path, i], a[i], b[i]);
    } else if (!equal(a, b) && !options.same?.(path, a, b)) {
      report(path, "update");
    }
  };
  const objects = (path: Path, a: Props, b: Props): void => {
    for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
      if (!key.startsWith("__")) values([...path, key], a[key], b[key]);
    }
  };
  objects([], before, after);
  return changes;
}

/** What a plugin answers to the question "what would an update do?". */
export interface Diff {
  changes: Change[];
  /** Delete the old resource before making the new one, when it is replaced. */
  deleteBeforeReplace?: boolean;
}

/** Names of the top-level properties that differ. */
export function changedKeys(changes: readonly Change[]): string[] {
  return [...new Set(changes.map((change) => String(change.path[0])))];
}

/** Paths that force a replacement. */
export function replaceKeys(changes: readonly Change[]): string[] {
  return changes.filter((change) => change.replace).map((change) => formatPath(change.path));
}
