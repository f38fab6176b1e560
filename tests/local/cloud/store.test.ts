import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { JsonStore } from "../../../local/cloud/store";
import { writeFileAtomic } from "../../../local/files";

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "store-"));
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

it("a store opened again holds what was set, in the same order, without what was deleted", () => {
  const file = path.join(folder, "deep", "state.json");
  const store = JsonStore.open<{ n: number }>(file);
  store.set("b", { n: 1 });
  store.set("a", { n: 2 });
  store.set("gone", { n: 3 });
  store.delete("gone", "never there");
  const again = JsonStore.open<{ n: number }>(file);
  expect(again.entries()).toEqual([
    ["b", { n: 1 }],
    ["a", { n: 2 }],
  ]);
  expect(again.get("gone")).toBeUndefined();
  expect(again.has("a")).toBe(true);
});

it("every change is on disk when the call returns, readable by the user alone, with nothing beside it", () => {
  const file = path.join(folder, "state.json");
  JsonStore.open<number>(file).set("a", 1);
  expect(JSON.parse(fs.readFileSync(file, "utf8"))).toEqual({ a: 1 });
  expect(fs.statSync(file).mode & 0o777).toBe(0o600);
  expect(fs.readdirSync(folder)).toEqual(["state.json"]);
});

it.each(["{ half", "[]", "null", ""])("a file that holds %j is named in the error, with the way out", (text) => {
  const file = path.join(folder, "state.json");
  fs.writeFileSync(file, text);
  expect(() => JsonStore.open(file)).toThrow(new RegExp(`${file}.*delete the twin's home folder`));
});

it("an atomic write replaces the file and may set another mode", () => {
  const file = path.join(folder, "text");
  writeFileAtomic(file, "first");
  writeFileAtomic(file, "second", 0o644);
  expect(fs.readFileSync(file, "utf8")).toBe("second");
  expect(fs.statSync(file).mode & 0o777).toBe(0o644);
});
