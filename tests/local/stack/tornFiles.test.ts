import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { expect, it } from "vitest";
import { repairTornFiles } from "../../../local/stack/tornFiles";
import { temporaryFolder } from "../setup/loopback";

const stacks = path.join(".pulumi", "stacks", "streaming");

async function folderWith(files: Record<string, string>): Promise<string> {
  const folder = await temporaryFolder();
  mkdirSync(path.join(folder, stacks), { recursive: true });
  for (const [name, content] of Object.entries(files)) writeFileSync(path.join(folder, stacks, name), content);
  return folder;
}

const read = (folder: string, name: string) => readFileSync(path.join(folder, stacks, name), "utf8");

it("removes attributes that a kill has cut short, and no others", async () => {
  const folder = await folderWith({ "local.json": "{}", "local.json.attrs": "", "local.json.bak.attrs": '{"a":1}' });
  repairTornFiles(folder);
  expect(existsSync(path.join(folder, stacks, "local.json.attrs"))).toBe(false);
  expect(read(folder, "local.json.bak.attrs")).toBe('{"a":1}');
});

it("takes the backup for a state that is torn, and leaves a whole one alone", async () => {
  const torn = await folderWith({ "local.json": '{"version":', "local.json.bak": '{"version":3}' });
  repairTornFiles(torn);
  expect(read(torn, "local.json")).toBe('{"version":3}');

  const whole = await folderWith({ "local.json": '{"version":4}', "local.json.bak": '{"version":3}' });
  repairTornFiles(whole);
  expect(read(whole, "local.json")).toBe('{"version":4}');
});

it("leaves alone what has no backup that could be read, and a folder without any state", async () => {
  const lost = await folderWith({ "local.json": "{", "local.json.bak": "{" });
  repairTornFiles(lost);
  expect(read(lost, "local.json")).toBe("{");
  expect(() => repairTornFiles("/nowhere")).not.toThrow();
});
