import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { contentOf } from "../../../tools/diff/baseline";
import { prune, touch } from "../../../tools/diff/cache";
import type { RunnableConfiguration } from "../../../tools/diff/standIns";
import { ProjectCopy } from "./project";

const now = Date.now();
const day = 24 * 3600 * 1000;

describe("what is kept for later runs", () => {
  let cache: string;
  beforeEach(() => {
    cache = mkdtempSync(path.join(tmpdir(), "cache-"));
  });
  afterEach(() => rmSync(cache, { recursive: true }));

  /** A folder that was last used some days ago. */
  function used(place: string, days: number): string {
    const folder = path.join(cache, place);
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, "file"), "");
    utimesSync(folder, new Date(now - days * day), new Date(now - days * day));
    return folder;
  }
  const left = (folder: string) => readdirSync(path.join(cache, folder)).sort();

  it("goes when nobody used it for two weeks, and stays for two more when somebody does", () => {
    for (const place of ["states/dev-1", "states/dev-2", "trees/1", "trees/2"]) used(place, 15);
    used("keys/1", 99);
    touch(path.join(cache, "states/dev-2"), new Date(now));
    touch(path.join(cache, "trees/2"), new Date(now - 13 * day));
    prune(cache, now);
    expect([left("states"), left("trees"), left("keys")]).toEqual([["dev-2"], ["2"], ["1"]]);
  });

  it("goes, the oldest first, when there is too much of it", () => {
    for (let age = 0; age < 50; age++) used(`states/dev-${age}`, age / 10);
    prune(cache, now);
    expect(left("states")).toHaveLength(40);
    expect(left("states")).not.toContain("dev-40");
    expect(left("states")).toContain("dev-39");
  });

  it("goes after a day when it is half of something, such as a copy that a run still uses", () => {
    for (const place of ["states/new-a1B2c3", "states/run-a1B2c3", "trees/0123.a1B2c3"]) {
      used(place, 0.5);
      used(`${place.slice(0, -1)}9`, 2);
    }
    prune(cache, now);
    expect([left("states"), left("trees")]).toEqual([["new-a1B2c3", "run-a1B2c3"], ["0123.a1B2c3"]]);
  });

  it("may be a link to what is gone, or nothing at all", () => {
    mkdirSync(path.join(cache, "trees"));
    symlinkSync("/no/such/place", path.join(cache, "trees", "1"));
    prune(cache, now);
    prune(path.join(cache, "nowhere"), now);
  });
});

describe("a state is made anew", () => {
  const configuration = { values: { a: 1 }, secrets: { b: "x" } } as unknown as RunnableConfiguration;
  let base: ProjectCopy;
  let other: ProjectCopy;
  beforeEach(() => {
    base = ProjectCopy.original();
    other = base.fork();
  });
  afterEach(() => {
    base.remove();
    other.remove();
  });
  const isSame = (changed = configuration) => contentOf(base, configuration) === contentOf(other, changed);

  it.each([
    ["the program", "index.ts"],
    ["a component", "components/kafka/cluster.ts"],
    ["a notebook", "notebooks/KafkaConsumer.scala"],
    ["the checks of the configuration", "settings/keys.ts"],
    ["the project", "Pulumi.yaml"],
    ["the packages", "package-lock.json"],
  ])("for another version of %s", (_, file) => {
    other.edit(file, /$/, "\n");
    expect(isSame()).toBe(false);
  });

  it("for another value, and for another one that is made up", () => {
    expect(isSame({ ...configuration, values: { a: 2 } })).toBe(false);
    expect(isSame({ ...configuration, secrets: { b: "y" } })).toBe(false);
  });

  it("for nothing that makes no difference: another commit, another stack, what stands around a program", () => {
    other.edit("Pulumi.review.yaml", "config:", "# Reviewed.\nconfig:");
    for (const folder of ["docs", "tests", "tools", ".github"]) {
      mkdirSync(path.join(other.folder, folder));
      writeFileSync(path.join(other.folder, folder, "file.ts"), "1;");
    }
    writeFileSync(path.join(other.folder, "Pulumi.prod.yaml"), "config: {}\n");
    writeFileSync(path.join(other.folder, "CHANGELOG.md"), "A change.\n");
    expect(isSame()).toBe(true);
  });
});
