import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Feed, timeOfId } from "../../../../local/cloud/x/feed";
import { hashtagsIn } from "../../../../local/cloud/x/text";

const startedAt = Date.UTC(2026, 0, 15);
const feeds = fc
  .record({
    size: fc.integer({ min: 1, max: 50 }),
    initial: fc.nat(200),
    perSecond: fc.oneof(fc.integer({ min: 1, max: 1000 }), fc.double({ min: 0.01, max: 1000, noNaN: true })),
  })
  .map((options) => new Feed({ ...options, startedAt }));

describe("the feed", () => {
  it("has ids that rise strictly with its positions, and hold the time of each tweet", () => {
    fc.assert(
      fc.property(feeds, fc.nat(10_000), (feed, index) => {
        const [one, next] = [feed.at(index), feed.at(index + 1)];
        expect(BigInt(next.id) > BigInt(one.id)).toBe(true);
        expect(next.createdAt).toBeGreaterThan(one.createdAt);
        expect(timeOfId(BigInt(one.id))).toBe(one.createdAt);
        expect(one.row).toBe(index % feed.size);
      }),
    );
  });

  it("finds positions by time and id exactly", () => {
    fc.assert(
      fc.property(feeds, fc.nat(5_000), (feed, index) => {
        const { id, createdAt } = feed.at(index);
        expect(feed.count(createdAt)).toBe(index + 1);
        expect(feed.count(createdAt - 1)).toBe(index);
        expect(feed.firstFrom(createdAt)).toBe(index);
        expect(feed.firstFrom(createdAt + 1)).toBe(index + 1);
        expect(feed.firstAbove(BigInt(id))).toBe(index + 1);
        expect(feed.firstNotBelow(BigInt(id))).toBe(index);
      }),
    );
  });

  it("has published its first tweets when it begins, and then as many a second as told", () => {
    const feed = new Feed({ size: 4200, startedAt, initial: 3200, perSecond: 10 });
    expect(feed.count(startedAt)).toBe(3200);
    expect(feed.count(startedAt + 1000)).toBe(3210);
    expect(feed.count(startedAt + 100_000)).toBe(4200);
    expect(feed.at(4200)).toMatchObject({ row: 0 });
    expect(feed.at(0).createdAt).toBe(startedAt - 319_900);
  });

  it.each([0, -1, 1001, Number.NaN])("refuses %s tweets a second", (perSecond) => {
    expect(() => new Feed({ size: 1, startedAt, initial: 0, perSecond })).toThrow(/`perSecond`/);
  });
});

describe("hashtags", () => {
  it.each([
    [
      "#one and #Two_2",
      [
        [0, 4, "one"],
        [9, 15, "Two_2"],
      ],
    ],
    ["😀 #ünï", [[2, 6, "ünï"]]],
    ["no#hashtag &#39; #1 #", []],
  ])("in %s are counted in code points", (text, expected) => {
    expect(hashtagsIn(text).map(({ start, end, tag }) => [start, end, tag])).toEqual(expected);
  });
});
