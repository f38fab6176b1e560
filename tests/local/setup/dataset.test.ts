import { appendFileSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { describe, expect, it } from "vitest";
import { datasetInfo, parseStudy, prepareDataset, type Tweet } from "../../../local/setup/dataset";
import { temporaryFolder } from "./loopback";

const lines = (file: string): Tweet[] =>
  readFileSync(file, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));

describe("parseStudy", () => {
  it("reads id, rating and text, and decodes HTML entities", () => {
    expect(parseStudy("1\t2.7\tgood ppl &amp; &lt;3 caf&eacute;\r\n2\t-1\tSexting\tand #jeggings")).toEqual([
      { id: "1", rating: 2.7, text: "good ppl & <3 café" },
      { id: "2", rating: -1, text: "Sexting\tand #jeggings" },
    ]);
  });

  it("names the line that it cannot read", () => {
    expect(() => parseStudy("1\t2.7\ta\nno tweet")).toThrow('line 2 is not "id, rating, text": no tweet');
  });
});

describe("prepareDataset", () => {
  it("writes the tweets as JSON lines, and says what they are and whose", async () => {
    const file = path.join(await temporaryFolder(), "dataset", "tweets.jsonl");
    const tweets = [{ id: "7", text: "#ünï \u2028 code", rating: 0.5 }];
    const info = await prepareDataset(file, async () => tweets);
    expect(info).toMatchObject({ source: "study", tweets: 1 });
    expect(info.description).toContain("1 public tweets");
    expect(lines(file)).toEqual(tweets);
    expect(readFileSync(path.join(path.dirname(file), "ATTRIBUTION.txt"), "utf8")).toMatch(/Hutto.*MIT License/);
    expect(datasetInfo(file)).toEqual(info);
  });

  it("falls back to the sample, and says so, why, and what to do", async () => {
    const file = path.join(await temporaryFolder(), "tweets.jsonl");
    const info = await prepareDataset(file, () => Promise.reject(new Error("there is no python3 on PATH\ndetails")));
    expect(info.source).toBe("sample");
    expect(info.description).toMatch(/sample of 60 made-up lines.*\(there is no python3 on PATH\).*install Python 3/);
    const tweets = lines(file);
    expect(new Set(tweets.map((tweet) => tweet.id)).size).toBe(60);
    expect(tweets.every((tweet) => tweet.rating === null && tweet.text.length <= 280)).toBe(true);
    const hashtags = tweets.map((tweet) => tweet.text.match(/#[\p{L}\p{N}_]+/gu)?.length ?? 0);
    expect(hashtags).toEqual(expect.arrayContaining([0, 1, 2, 3]));
  });
});

describe("datasetInfo", () => {
  it("knows nothing of a file that is not there or was changed", async () => {
    const file = path.join(await temporaryFolder(), "tweets.jsonl");
    expect(datasetInfo(file)).toBeUndefined();
    await prepareDataset(file, async () => [{ id: "1", text: "a", rating: 0 }]);
    appendFileSync(file, "more");
    expect(datasetInfo(file)).toBeUndefined();
  });
});
