import { describe, expect, it } from "vitest";
import { figure, isMet, series } from "../../bench/measure/figure";

describe("a series", () => {
  it("has the median of its samples, whatever their order, and the quartiles around it", () => {
    expect(series("load", [9, 1, 5, 3, 7])).toEqual({
      name: "load",
      samples: [9, 1, 5, 3, 7],
      median: 5,
      spread: [3, 7],
    });
  });

  it("keeps four digits that count", () => {
    expect(series("load", [0.123456]).median).toBe(0.1235);
  });

  it("is not made of nothing", () => {
    expect(() => series("load", [])).toThrow("There is no sample of `load`.");
  });
});

describe("a figure", () => {
  const subject = { name: "program", samples: [3, 3, 3] };
  const reference = { name: "empty", samples: [2, 2, 2] };

  it("has the ratio of the medians", () => {
    expect(figure("s", subject, reference)).toMatchObject({ ratio: 1.5, better: "lower", reference: { median: 2 } });
  });

  it("is better when it is higher, if it is a rate", () => {
    expect(figure("records/s", subject).better).toBe("higher");
  });

  it.each([
    { of: "ratio", is: "at most", limit: 1.5, met: true },
    { of: "ratio", is: "at most", limit: 1.3, met: false },
    { of: "ratio", is: "at least", limit: 1.6, met: false },
    { of: "value", is: "at most", limit: 3, met: true },
    { of: "value", is: "at least", limit: 3.1, met: false },
  ] as const)("with a target of $is $limit ($of) is met: $met", ({ met, ...target }) => {
    expect(isMet(figure("s", subject, reference, target))).toBe(met);
  });

  it("without a target is neither met nor missed", () => {
    expect(isMet(figure("s", subject, reference))).toBeUndefined();
  });
});
