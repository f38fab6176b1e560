import { existsSync, mkdirSync, readdirSync, rmSync, statSync, utimesSync } from "node:fs";
import * as path from "node:path";

/** What is kept for later runs, by the folder it is in below `.local/diff`: the newest, and none that nobody used for long. */
const kept: Record<string, { most: number; days: number }> = {
  // Some megabytes each.
  states: { most: 40, days: 14 },
  // Packages of their own take hundreds of megabytes.
  trees: { most: 20, days: 14 },
  compiled: { most: 2000, days: 14 },
};

/** What a run that was broken off leaves: half a state, a copy of one, half a tree. No run takes as long as this. */
const unfinished = { name: /^(?:new|run)-|\.\w{6}$/, days: 1 };

const day = 24 * 3600 * 1000;

/** Tells that something was used now, so that it is kept for longer. */
export function touch(place: string, now = new Date()): void {
  utimesSync(place, now, now);
}

/** A folder of this user alone. */
export function makeFolder(folder: string): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return folder;
}

/** Deletes what has not been used for long, and the oldest of what there is too much of. */
export function prune(cache: string, now = Date.now()): void {
  for (const [name, { most, days }] of Object.entries(kept)) {
    const folder = path.join(cache, name);
    const all = existsSync(folder) ? readdirSync(folder).flatMap((entry) => entryOf(folder, entry)) : [];
    const [halves, whole] = [all.filter(isUnfinished), all.filter((entry) => !isUnfinished(entry))];
    whole.sort((a, b) => b.usedAt - a.usedAt);
    const old = [
      ...halves.filter(({ usedAt }) => usedAt < now - unfinished.days * day),
      ...whole.filter(({ usedAt }, index) => index >= most || usedAt < now - days * day),
    ];
    for (const { place } of old) rmSync(place, { recursive: true, force: true });
  }
}

interface Entry {
  name: string;
  place: string;
  usedAt: number;
}

/** Nothing of what another run deletes meanwhile. */
function entryOf(folder: string, name: string): Entry[] {
  const place = path.join(folder, name);
  const status = statSync(place, { throwIfNoEntry: false });
  return status ? [{ name, place, usedAt: status.mtimeMs }] : [];
}

function isUnfinished({ name }: Entry): boolean {
  return unfinished.name.test(name);
}
