import { type Dirent, lstatSync, readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";

/** Paths below a folder (and the folder itself, as an empty text) that group or others have any permission for. */
export function openToOthers(root: string): string[] {
  return ["", ...entriesBelow(root)].flatMap((name) => {
    const stat = lstatSync(path.join(root, name), { throwIfNoEntry: false });
    // A link's own permissions mean nothing.
    if (!stat || stat.isSymbolicLink() || (stat.mode & 0o077) === 0) return [];
    return [`${name || "."} ${(stat.mode & 0o777).toString(8)}`];
  });
}

/** Which files below a folder hold which of some texts: `file: name of the text`, sorted. */
export function filesHolding(root: string, texts: Record<string, string>): string[] {
  return entriesBelow(root)
    .flatMap((name) => {
      const content = contentOf(path.join(root, name));
      if (!content) return [];
      return Object.entries(texts)
        .filter(([, text]) => content.includes(text))
        .map(([what]) => `${name}: ${what}`);
    })
    .sort();
}

/** Everything below a folder, by path relative to it. Links are not followed. */
export function entriesBelow(root: string, folder = ""): string[] {
  return listed(path.join(root, folder)).flatMap((entry) => {
    const name = path.join(folder, entry.name);
    return entry.isDirectory() ? [name, ...entriesBelow(root, name)] : [name];
  });
}

/** Brokers and Spark make and delete files all the time: what is gone by now is empty. */
function listed(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

function contentOf(file: string): Buffer | undefined {
  try {
    return lstatSync(file).isFile() ? readFileSync(file) : undefined;
  } catch {
    return undefined;
  }
}
