import { describe, expect, it } from "vitest";
import { isApiUrl, isSink, isTrigger, pipelineProblems } from "../../settings/pipeline";

describe("what the consumer does", () => {
  it.each(["2 seconds", "0 seconds", "100 milliseconds", "availableNow", "continuous 1 second"])(
    "can be triggered by %j",
    (trigger) => expect(isTrigger(trigger)).toBe(true),
  );

  it.each([
    "",
    "2",
    "2s",
    "2.5 seconds",
    "-1 seconds",
    "availablenow",
    "continuous",
    "continuous availableNow",
    "2 seconds ",
  ])("cannot be triggered by %j", (trigger) => expect(isTrigger(trigger)).toBe(false));

  it.each(["delta", "json", "parquet", "console", "memory", "noop", "kafka:tweets.counts"])("can end in %s", (sink) =>
    expect(isSink(sink)).toBe(true),
  );

  it.each(["", "JSON", "csv", "kafka", "kafka:", "kafka:..", "kafka:a b"])("cannot end in %j", (sink) =>
    expect(isSink(sink)).toBe(false),
  );

  const topics = [{ name: "tweets" }, { name: "counts" }];

  it.each(["kafka:counts", "console", "memory", "noop"])("can process continuously into %s", (sink) =>
    expect(pipelineProblems({ topics, trigger: "continuous 1 second", sink })).toEqual([]),
  );

  it.each([
    ['{"tweets":{"0":23,"1":-2}}', 0],
    ['{"counts":{"0":23}}', 1],
    ['{"tweets":{"0":23},"counts":{"0":1}}', 1],
    ['{"tweets":{"0":-3}}', 1],
    ['{"tweets":{"first":1}}', 1],
    ['{"tweets":23}', 1],
    ["[]", 1],
    ["{}", 1],
    ["earliest", 0],
    ["latest", 0],
  ])("starting at %s has %i problems", (startingOffsets, count) => {
    expect(pipelineProblems({ topics, startingOffsets })).toHaveLength(count);
  });
});

describe("the address of the X API", () => {
  it.each(["https://api.x.com", "https://api.x.com/", "http://127.0.0.1:4010", "http://localhost:4010"])(
    "may be %s",
    (url) => expect(isApiUrl(url)).toBe(true),
  );

  it.each([
    "http://api.x.com",
    "https://api.x.com/2",
    "https://user@api.x.com",
    "ftp://api.x.com",
    "api.x.com",
    "http://127.0.0.1.evil.com",
  ])("may not be %s", (url) => expect(isApiUrl(url)).toBe(false));
});
