import fc from "fast-check";
import { marked, type Token } from "marked";
import { describe, expect, it } from "vitest";
import { type DiffReport, grades, type StackReport } from "../../../tools/diff/model";
import { toMarkdown } from "../../../tools/diff/render/markdown";
import { fitted } from "../../../tools/diff/render/room";

/** Names and values with what Markdown and HTML make something of. */
const word = fc.oneof(
  fc.string({ maxLength: 60 }),
  fc.constantFrom("</details>", "<details>", "```", "`", "| a |", "# x", "@everyone", "\n\n```\n", "*b*", "<!--"),
  fc.integer({ min: 300, max: 900 }).map((length) => "x".repeat(length)),
);
const grade = fc.constantFrom(...grades);
const cost = fc.option(fc.constantFrom("It stops.", "All is lost."), { nil: undefined });
const property = fc.record({
  path: word,
  kind: fc.constantFrom("added" as const, "removed" as const, "changed" as const),
  before: fc.jsonValue({ maxDepth: 2 }),
  after: fc.jsonValue({ maxDepth: 2 }),
  replaces: fc.boolean(),
  opens: fc.option(fc.constant(true as const), { nil: undefined }),
});
const many = <T>(item: fc.Arbitrary<T>, most: number) => fc.array(item, { maxLength: most, size: "max" });

const change = fc.record({
  urn: word,
  name: word,
  type: word,
  components: fc.array(word, { maxLength: 3 }),
  operation: fc.constantFrom("create" as const, "update" as const, "replace" as const, "delete" as const),
  properties: many(property, 8),
  grade,
  cost,
});

const stackOf = (most: number): fc.Arbitrary<StackReport> =>
  fc.record({
    stack: word,
    grade,
    failure: fc.option(fc.record({ version: fc.constantFrom("base" as const, "head" as const), message: word }), {
      nil: undefined,
      freq: 8,
    }),
    refusal: fc.option(fc.record({ message: word, resources: fc.array(word) }), { nil: undefined }),
    isDrift: fc.option(fc.constant(true as const), { nil: undefined }),
    guarded: fc.array(word, { maxLength: 2 }),
    protection: fc.constant([]),
    renames: fc.array(fc.record({ before: word, after: word }), { maxLength: 2 }),
    changes: many(change, most),
    unchanged: fc.nat(50),
    following: many(word, 20),
    outputs: many(fc.record({ name: word, kind: fc.constant("added" as const), after: word, grade, cost }), 10),
    configuration: many(
      fc.record({ key: word, kind: fc.constant("added" as const), after: word, isDefault: fc.boolean() }),
      10,
    ),
    policies: many(
      fc.record({
        policy: word,
        level: fc.constantFrom("advisory" as const, "mandatory" as const),
        message: word,
        isOld: fc.boolean(),
      }),
      6,
    ),
    topics: many(fc.record({ topic: word, what: word, grade, cost }), 10),
    standIns: fc.record({ encrypted: many(word, 4), missing: many(word, 4) }),
    needed: many(word, 3),
  }) as fc.Arbitrary<StackReport>;

const report = fc
  .tuple(fc.constantFrom([1, 120], [60, 8], [400, 1]), grade)
  .chain(([[stacks = 1, changes = 1], worst]) =>
    fc.record({
      subject: fc.constant("What `pulumi up` would do"),
      base: fc.constant("main"),
      head: word,
      grade: fc.constant(worst),
      stacks: many(stackOf(changes), stacks),
      notebooks: many(fc.record({ file: word, added: fc.nat(9), removed: fc.nat(9), patch: word }), 3),
      packages: fc.constant<DiffReport["packages"]>([]),
    }),
  );

/** Text of blocks of code is not looked into; everything else is. */
function htmlOf(tokens: readonly Token[]): string {
  return tokens
    .filter(({ type }) => type === "html")
    .map(({ raw }) => raw)
    .join("");
}

describe("a report of whatever there may be", () => {
  it("is short enough for a comment, closes what it opens, and names or counts everything that loses data", () => {
    fc.assert(
      fc.property(report, (any) => {
        const text = toMarkdown(any);
        expect(text.length).toBeLessThanOrEqual(60_000);

        const tokens = marked.lexer(text);
        const html = htmlOf(tokens);
        const [opened, closed] = [/<details>/g, /<\/details>/g].map((tag) => html.match(tag)?.length ?? 0);
        expect(opened).toBe(closed);
        const open = tokens.filter(({ type, raw }) => type === "code" && !/(`{3,})\s*$/.test(raw));
        expect(open).toEqual([]);

        const shown = any.stacks.filter(({ failure }) => !failure);
        const losses = shown
          .flatMap(({ changes, topics, outputs }) => [...changes, ...topics, ...outputs])
          .filter((each) => each.grade === "destructive").length;
        const told = tokens.flatMap((token) =>
          token.type === "list" ? token.items.filter(({ raw }: { raw: string }) => raw.startsWith("- 🔴")) : [],
        ).length;
        const counted = Number(/Of that, (\d+) tells? of lost data/.exec(text)?.[1] ?? 0);
        expect(told + counted).toBe(losses);
      }),
      // Reports this large would be made smaller for longer than anybody waits.
      { numRuns: 60, endOnFailure: true },
    );
  }, 120_000);
});

describe("room", () => {
  const part = (text: string, rank: number, more = {}) => ({ text, rank, what: "line", ...more });
  const long = "x".repeat(1500);

  it("is left as it is where all of it fits", () => {
    const list = { list: "a" };
    expect(fitted([part("one", 1), part("- two", 2, list), part("- three", 2, list)], 2000, "See there.")).toBe(
      "one\n\n- two\n- three",
    );
  });

  it("goes to what matters most, which stays in its place, and the rest is counted", () => {
    const parts = [
      part(long, 3),
      part("seen", 1),
      part(long, 2, { what: "change", isLoss: true }),
      part(long, 2, { shorter: "short" }),
    ];
    expect(fitted(parts, 2000, "See there.")).toBe(
      "seen\n\nshort\n\nToo long for a comment. Left out: change, line. Of that, 1 tells of lost data. Shortened: line. See there.",
    );
  });

  it("is not given to what would stand below a heading that is not there", () => {
    const heading = part(long.repeat(2), 1, { what: "stack" });
    expect(fitted([heading, part("below it", 2, { below: heading }), part("other", 2)], 2000, "See there.")).toBe(
      "other\n\nToo long for a comment. Left out: stack, line. See there.",
    );
  });
});
