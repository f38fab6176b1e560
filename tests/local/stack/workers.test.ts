import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { findWorker, workersOf } from "../../../local/stack/workers";

const home = mkdtempSync(path.join(tmpdir(), "workers-"));
afterAll(() => rmSync(home, { recursive: true }));

describe("workersOf", () => {
  it("knows the workers of what is deployed by number, and no other node", () => {
    expect(workersOf(home)).toEqual([]);
    const folder = path.join(home, "clusters", "kafkalocal");
    for (const host of ["wn10-kafka", "wn2-kafka", "hn0-kafka", "zk1-kafka"]) {
      mkdirSync(path.join(folder, host), { recursive: true });
    }
    writeFileSync(path.join(folder, "wn3-file"), "");
    expect(workersOf(home)).toEqual([
      { cluster: "kafkalocal", host: "wn2-kafka", number: 2, brokerId: 1003 },
      { cluster: "kafkalocal", host: "wn10-kafka", number: 10, brokerId: 1011 },
    ]);
  });
});

describe("findWorker", () => {
  const workers = [0, 1].map((number) => ({
    cluster: "kafka",
    host: `wn${number}-kafka`,
    number,
    brokerId: 1001 + number,
  }));

  it.each(["1002", "wn1", "wn1-kafka", "1"])("takes %s for the second broker", (said) => {
    expect(findWorker(workers, said).brokerId).toBe(1002);
  });

  it.each(["2", "wn2", "01001"])("names those there are for %j", (said) => {
    expect(() => findWorker(workers, said)).toThrow(`There is no broker ${said}. There are: 1001 (wn0), 1002 (wn1).`);
  });

  it("says what to do when there is none", () => {
    expect(() => findWorker([], "1001")).toThrow("`npm start` first");
  });
});
