import { isDeepStrictEqual } from "node:util";
import type { Effects } from "./actual";
import type { OutputChange } from "./model";
import { inWords } from "./values";

/** Outputs of the stack that differ. Other programs read them, so one that goes breaks somebody. */
export function outputChanges({ before, after }: Effects["outputs"]): OutputChange[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].sort().flatMap((name): OutputChange[] => {
    const [old, now] = [inWords(before[name]), inWords(after[name])];
    if (isDeepStrictEqual(old, now)) return [];
    if (!(name in before)) return [{ name, kind: "added", after: now, grade: "low" }];
    if (!(name in after)) {
      return [
        { name, kind: "removed", before: old, grade: "disruptive", cost: "Stacks and programs that read it fail." },
      ];
    }
    return [{ name, kind: "changed", before: old, after: now, grade: "low" }];
  });
}
