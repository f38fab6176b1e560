import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mergedTags, type Tags } from "../../../components/kafka/live/tags";

describe("the tags that a cluster is to have", () => {
  it.each<[string, Tags, Tags, string[], Tags]>([
    ["declared ones beside those of others", { owner: "me" }, { team: "data" }, [], { owner: "me", team: "data" }],
    ["another value", { team: "data" }, { team: "sales" }, ["team"], { team: "sales" }],
    ["without what is declared no more", { team: "data", owner: "me" }, {}, ["team"], { owner: "me" }],
    ["with what somebody has taken away", {}, { team: "data" }, ["team"], { team: "data" }],
    ["spelt as it is there, of the same value", { Team: "data" }, { team: "data" }, ["team"], { Team: "data" }],
    ["once, of another value", { Team: "data" }, { team: "sales" }, [], { team: "sales" }],
    ["without one that Azure spells otherwise", { TEAM: "data", owner: "me" }, {}, ["team"], { owner: "me" }],
    ["of the other value, as values are taken literally", { team: "data" }, { team: "Data" }, [], { team: "Data" }],
  ])("are %s", (_, now, declared, before, expected) => {
    expect(mergedTags(now, declared, before)).toEqual(expected);
  });

  it("never hold a name twice, lose one of others', or differ from themselves", () => {
    const name = fc.constantFrom("a", "A", "b", "B", "c", "C");
    const anyTags = fc.uniqueArray(fc.tuple(name, fc.constantFrom("x", "X", "y")), {
      selector: ([key]) => key.toLowerCase(),
    });
    fc.assert(
      fc.property(anyTags, anyTags, fc.array(name), (has, wants, before) => {
        const now = Object.fromEntries(has);
        const declared = Object.fromEntries(wants);
        const next = mergedTags(now, declared, before);
        const lower = Object.keys(next).map((key) => key.toLowerCase());
        expect(new Set(lower).size).toBe(lower.length);
        const mine = [...before, ...Object.keys(declared)].map((key) => key.toLowerCase());
        for (const [key, value] of has) if (!mine.includes(key.toLowerCase())) expect(next[key]).toBe(value);
        for (const [key, value] of wants) {
          expect(Object.entries(next).find(([other]) => other.toLowerCase() === key.toLowerCase())?.[1]).toBe(value);
        }
        expect(mergedTags(next, declared, Object.keys(declared))).toEqual(next);
      }),
    );
  });
});
