import { readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { expect, it } from "vitest";

/**
 * What takes addresses of this machine for good. Each finds numbers in the source of a test: of a twin the second octet of
 * its network, else the last one of an address below 127.7.0.
 */
const takers: { what: string; of: RegExp; and?: number }[] = [
  { what: "network 10.N.0.0/16 of", of: /\b(?:(?:TestTwin|FaultTwin)\.start|twin\.createCluster|new Copy)\((\d+)/g },
  { what: "network 10.N.0.0/16 of", of: /\boctet = (\d+)/g },
  { what: "network 10.N.0.0/16 of", of: /^const prefix = "10\.(\d+)\.0\.0\/16"/gm },
  // Of what is listened on, only: a text that a double answers takes nothing.
  { what: "address 127.7.0.N of", of: /(?:host: |listen\(\d+, |open\()"127\.7\.0\.(\d+)"/g },
  // Of the eight addresses of a cluster, the first.
  { what: "address 127.7.0.N of", of: /\bspec\("\w+", (\d+)\)/g, and: 7 },
];

it("no two test files take the same addresses of this machine, since they run at the same time", () => {
  const files = readdirSync(__dirname, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
  const owners = new Map<string, Set<string>>();
  for (const file of files) {
    const text = readFileSync(path.join(__dirname, file), "utf8");
    for (const { what, of, and = 0 } of takers) {
      for (const [, number] of text.matchAll(of)) {
        for (let each = Number(number); each <= Number(number) + and; each++) {
          const key = `${what} ${each}`;
          owners.set(key, (owners.get(key) ?? new Set()).add(file));
        }
      }
    }
  }
  // Else the patterns find nothing any more.
  expect(owners.size).toBeGreaterThan(40);
  const shared = [...owners].filter(([, by]) => by.size > 1).map(([what, by]) => `${what} ${[...by].join(" and ")}`);
  expect(shared).toEqual([]);
});
