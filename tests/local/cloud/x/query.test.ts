import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { matches, searchable } from "../../../../local/cloud/x/match";
import { parseQuery, type Query, QueryError } from "../../../../local/cloud/x/query";

const finds = (query: string, text: string) => matches(parseQuery(query), searchable(text, "en"));

describe("a query", () => {
  it.each([
    ["azure", "I like Azure!", true],
    ["azure", "azures everywhere", false],
    ["azure", "see #Azure", true],
    ["#azure", "see #Azure", true],
    ["#azure", "azure without a hashtag", false],
    ["#azure", "#azuredevops", false],
    ["good day", "a day that is good", true],
    ['"good day"', "a day that is good", false],
    ['"good day"', "Good, day!", true],
    ["coca-cola", "Coca cola", true],
    ["cat OR dog", "dogs and a dog", true],
    ["cat dog OR bird", "a bird", true],
    ["cat (dog OR bird)", "a bird", false],
    ["cat (dog OR bird)", "a bird, a cat", true],
    ["cat -dog", "cat and dog", false],
    ['cat -"big dog"', "cat and small dog", true],
    ["cat -#dog", "cat #dog", false],
    ["happy lang:en", "so happy", true],
    ["happy lang:de", "so happy", false],
    ["happy -lang:de", "so happy", true],
    ["happy -is:retweet", "RT @friend: happy", false],
    ["happy is:retweet", "RT @friend: happy", true],
    ["größe", "Die GRÖSSE? Die Größe!", true],
    ["東京", "in 東京 today", true],
    ["😀", "hi 😀", true],
    ["(((a)))", "a", true],
    ["a -b OR c", "b c", true],
  ])("%s in %j: %s", (query, text, found) => {
    expect(finds(query, text)).toBe(found);
  });

  it.each([
    ["", /is empty/],
    ["   ", /is empty/],
    ["from:somebody", /does not support the operator `from:somebody` at position 1/],
    ["cat has:images", /operator `has:images` at position 5/],
    ["cat is:reply", /operator `is:reply`/],
    ["cat -is:verified", /operator `is:verified` at position 6/],
    ["@user", /operator `@` in `@user`/],
    ["$MSFT", /operator `\$` in `\$MSFT`/],
    ["cat AND dog", /`AND` at position 5 is not an operator/],
    ["cat OR", /ends too early/],
    ["OR cat", /Nothing before `OR` at position 1/],
    ["(cat", /parenthesis at position 1 is not closed/],
    ["cat)", /Unexpected `\)` at position 4/],
    ["()", /Nothing before `\)`/],
    ['"cat', /quote at position 1 is not closed/],
    ["cat -(dog OR bird)", /group cannot be negated/],
    ["cat --dog", /negate once/],
    ["lang:en", /at least one operator that stands alone/],
    ["-cat", /at least one operator that stands alone/],
    ["cat OR is:retweet", /at least one operator that stands alone/],
    ["cat ...", /has no letter or digit/],
    ["#", /is not a hashtag/],
    ["x".repeat(513), /513 characters; at most 512/],
  ])("%s is refused by name", (query, message) => {
    expect(() => parseQuery(query)).toThrow(message);
    expect(() => parseQuery(query)).toThrow(QueryError);
  });

  const word = fc.constantFrom("cat", "dog", "bird", "sun");
  const leaf: fc.Arbitrary<Query> = fc.oneof(
    word.map((tokenText): Query => ({ kind: "words", tokens: [tokenText] })),
    fc.tuple(word, word).map((tokens): Query => ({ kind: "words", tokens })),
    word.map((tag): Query => ({ kind: "hashtag", tag })),
    fc.constantFrom("en", "de").map((lang): Query => ({ kind: "lang", lang })),
    fc.constant<Query>({ kind: "retweet" }),
  );
  const { query: anyQuery } = fc.letrec<{ query: Query }>((tie) => ({
    query: fc.oneof(
      { maxDepth: 4 },
      leaf,
      leaf.map((operand): Query => ({ kind: "not", operand })),
      fc
        .tuple(fc.constantFrom("and" as const, "or" as const), fc.array(tie("query"), { minLength: 2, maxLength: 3 }))
        .map(([kind, operands]): Query => ({ kind, operands })),
    ),
  }));

  /** A second, independent reading of what a query means: over the set of texts that it finds. */
  const texts = [
    "cat",
    "dog cat",
    "cat dog",
    "RT @a: cat #sun",
    "#cat",
    "bird sun bird",
    "#dog #bird",
    "RT @b: nothing",
    "sunny",
    "cat dog bird sun",
  ];
  const meaning = (query: Query): Set<string> => {
    const keep = (holds: (text: string) => boolean) => new Set(texts.filter(holds));
    switch (query.kind) {
      case "words":
        return keep((text) =>
          ` ${text
            .replace(/[^a-z ]/gi, " ")
            .replace(/ +/g, " ")
            .toLowerCase()} `.includes(` ${query.tokens.join(" ")} `),
        );
      case "hashtag":
        return keep((text) => text.split(" ").includes(`#${query.tag}`));
      case "lang":
        return keep(() => query.lang === "en");
      case "retweet":
        return keep((text) => text.startsWith("RT @"));
      case "not": {
        const without = meaning(query.operand);
        return keep((text) => !without.has(text));
      }
      case "and": {
        const all = query.operands.map(meaning);
        return keep((text) => all.every((one) => one.has(text)));
      }
      case "or": {
        const all = query.operands.map(meaning);
        return keep((text) => all.some((one) => one.has(text)));
      }
    }
  };
  const print = (query: Query): string => {
    switch (query.kind) {
      case "words":
        return query.tokens.length === 1 ? String(query.tokens[0]) : `"${query.tokens.join(" ")}"`;
      case "hashtag":
        return `#${query.tag}`;
      case "lang":
        return `lang:${query.lang}`;
      case "retweet":
        return "is:retweet";
      case "not":
        return `-${print(query.operand)}`;
      default:
        return query.operands
          .map((operand) => (operand.kind === "and" || operand.kind === "or" ? `(${print(operand)})` : print(operand)))
          .join(query.kind === "or" ? " OR " : " ");
    }
  };

  it("means what its parts mean, however they are combined", () => {
    fc.assert(
      fc.property(anyQuery, (inner) => {
        // `cat` beside it, so that there is an operator which stands alone.
        const query: Query = { kind: "and", operands: [{ kind: "words", tokens: ["cat"] }, inner] };
        const parsed = parseQuery(print(query), 100_000);
        const found = new Set(texts.filter((text) => matches(parsed, searchable(text, "en"))));
        expect(found).toEqual(meaning(query));
      }),
      { numRuns: 500 },
    );
  });

  it("is parsed or refused with a reason, whatever it is", () => {
    const pieces = fc.constantFrom(
      "cat",
      "OR",
      "-",
      "(",
      ")",
      '"',
      "#sun",
      "lang:en",
      "is:retweet",
      "from:x",
      " ",
      "😀",
      "é",
      ":",
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: "grapheme" }),
          fc.array(pieces).map((all) => all.join("")),
        ),
        (text) => {
          try {
            matches(parseQuery(text), searchable("cat #sun", "en"));
          } catch (error) {
            expect(error).toBeInstanceOf(QueryError);
            expect((error as Error).message).not.toBe("");
          }
        },
      ),
      { numRuns: 1000 },
    );
  });
});
