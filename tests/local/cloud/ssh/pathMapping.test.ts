import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { mapPaths, PathMapper, readsScript } from "../../../../local/cloud/ssh/pathMapping";

const paths = { from: "/usr/hdp/current/kafka-broker", to: "/twin/hn0/kafka-broker" };

describe("which commands take a script from standard input", () => {
  test.each([
    "bash -s",
    "bash",
    "  /bin/bash -s -- one two",
    "sh -s",
    "bash -euo pipefail -s",
    "bash -eu",
    "bash --noprofile --norc",
    "exec bash -s",
    "LC_ALL=C bash -s",
    "bash -s; echo done",
    "bash -s 2>&1 | tee log",
  ])("%s does", (command) => expect(readsScript(command)).toBe(true));

  test.each([
    "bash -c 'cat'",
    "bash -ec cat",
    "bash script.sh",
    "cat",
    "/usr/hdp/current/kafka-broker/bin/kafka-console-producer.sh --topic t",
    "echo bash -s",
    "bashful -s",
    "",
  ])("%s does not", (command) => expect(readsScript(command)).toBe(false));
});

test("paths are replaced in a command wherever they stand", () => {
  expect(mapPaths(`${paths.from}/bin/a "${paths.from}"`, paths)).toBe(`${paths.to}/bin/a "${paths.to}"`);
});

test("a stream is mapped as its whole text would be, wherever it is cut", async () => {
  const piece = fc.constantFrom(paths.from, paths.from.slice(0, 7), "/usr/hdp", "/", "é", "\n", "x", "");
  await fc.assert(
    fc.asyncProperty(
      fc.array(piece, { maxLength: 20 }),
      fc.array(fc.nat(40), { maxLength: 40 }),
      async (pieces, cuts) => {
        const whole = Buffer.from(pieces.join(""));
        const chunks: Buffer[] = [];
        let at = 0;
        for (const length of cuts) {
          chunks.push(whole.subarray(at, at + length));
          at += length;
        }
        chunks.push(whole.subarray(at));
        const mapped = await text(
          Readable.from(chunks.filter((chunk) => chunk.length > 0)).pipe(new PathMapper(paths)),
        );
        expect(mapped).toBe(mapPaths(whole.toString(), paths));
      },
    ),
  );
});

test("what cannot be the beginning of the path is passed on at once", async () => {
  const mapper = new PathMapper(paths);
  mapper.write("echo hello\n");
  expect(String(mapper.read())).toBe("echo hello\n");
  mapper.write("cd /usr/hdp");
  expect(String(mapper.read())).toBe("cd ");
  mapper.end("/other");
  expect(await text(mapper)).toBe("/usr/hdp/other");
});
