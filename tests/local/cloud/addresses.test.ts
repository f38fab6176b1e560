import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { allocateAddresses, isCidr, toLoopback } from "../../../local/cloud/addresses";

describe("loopback addresses", () => {
  it("mirror 10.0.0.0/8", () => {
    expect(toLoopback("10.0.0.6")).toBe("127.0.0.6");
    expect(toLoopback("10.139.64.255")).toBe("127.139.64.255");
  });

  it.each(["192.168.0.1", "10.0.0", "10.0.0.256", "host", "110.0.0.1"])(
    "do not exist for %s, which is a 400",
    (address) => {
      expect(() => toLoopback(address)).toThrow(expect.objectContaining({ status: 400, code: "UnsupportedAddress" }));
    },
  );
});

describe("addresses of a subnet", () => {
  it("start at the fourth and leave out the last, as Azure keeps them", () => {
    expect(allocateAddresses("10.0.0.0/29", 3)).toEqual(["10.0.0.4", "10.0.0.5", "10.0.0.6"]);
    expect(() => allocateAddresses("10.0.0.0/29", 4)).toThrow(/3 free addresses left and 4 are needed/);
  });

  it("leave out those that are taken and cross byte borders", () => {
    expect(allocateAddresses("10.0.0.0/23", 1, ["10.0.0.4"])).toEqual(["10.0.0.5"]);
    expect(allocateAddresses("10.0.0.0/23", 253).slice(-2)).toEqual(["10.0.0.255", "10.0.1.0"]);
  });

  it("are never given twice, whatever is taken", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10 }), fc.integer({ min: 0, max: 10 }), (first, second) => {
        const one = allocateAddresses("10.1.2.0/27", first);
        const two = allocateAddresses("10.1.2.0/27", second, one);
        expect(new Set([...one, ...two]).size).toBe(first + second);
      }),
    );
  });
});

it.each([
  ["10.0.0.0/24", true],
  ["10.0.0.1/32", true],
  ["10.0.0.1/24", false],
  ["10.0.0.0", false],
  ["10.0.0.0/33", false],
  ["300.0.0.0/8", false],
  ["fd00::/64", false],
])("%s is a range in Azure's form: %s", (text, expected) => {
  expect(isCidr(text)).toBe(expected);
});
