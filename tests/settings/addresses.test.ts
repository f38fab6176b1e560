import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as addresses from "../../settings/addresses";

/** Any IPv4 range, with the host bits cleared. */
const range = (min: number, max: number) =>
  fc.tuple(fc.nat(2 ** 32 - 1), fc.integer({ min, max })).map(([address, prefix]) => {
    const start = Math.floor(address / 2 ** (32 - prefix)) * 2 ** (32 - prefix);
    return { start, end: start + 2 ** (32 - prefix) - 1, text: `${dotted(start)}/${prefix}` };
  });

const dotted = (address: number) => [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".");

const usable = range(8, 29).filter(({ text }) => addresses.isUsableRange(text));

describe("ranges", () => {
  it.each(["10.0.0.0/16", "0.0.0.0/0", "10.1.2.3/32", "172.16.0.0/12"])("%s is canonical", (text) => {
    expect(addresses.isCanonicalRange(text)).toBe(true);
  });

  it.each([
    "10.0.0.1/16",
    "10.0.0.0",
    "10.0.0.0/33",
    "10.0.0/8",
    "010.0.0.0/8",
    "10.0.0.0/08",
    "300.0.0.0/8",
    "::/0",
    "*",
    "",
  ])("%j is not canonical", (text) => expect(addresses.isCanonicalRange(text)).toBe(false));

  it("are canonical exactly when their host bits are zero", () => {
    fc.assert(
      fc.property(fc.nat(2 ** 32 - 1), fc.integer({ min: 0, max: 32 }), (address, prefix) => {
        expect(addresses.isCanonicalRange(`${dotted(address)}/${prefix}`)).toBe(address % 2 ** (32 - prefix) === 0);
      }),
    );
  });

  it.each(["127.0.0.0/16", "224.0.0.0/8", "169.254.0.0/16", "168.63.0.0/16", "10.0.0.0/30", "0.0.0.0/7"])(
    "%s is of no use for a virtual network",
    (text) => expect(addresses.isUsableRange(text)).toBe(false),
  );

  it.each([
    [3, 28],
    [4, 28],
    [5, 27],
    [20, 27],
    [21, 26],
    [100, 25],
  ])("%i workers fit in a /%i, together with all other nodes and what Azure keeps", (workers, prefix) => {
    expect(addresses.smallestSubnet(workers)).toBe(prefix);
  });
});

describe("addresses of the two networks", () => {
  const octets = fc
    .tuple(fc.integer({ min: 1, max: 223 }), fc.nat(255))
    .filter(([first]) => first !== 127 && first !== 169 && first !== 168);

  it("overlap exactly when they have an address in common", () => {
    fc.assert(
      fc.property(usable, octets, (space, [first, second]) => {
        const start = first * 2 ** 24 + second * 2 ** 16;
        const overlap = space.start <= start + 2 ** 16 - 1 && start <= space.end;
        const problems = addresses.addressProblems({
          kafkaAddressSpace: space.text,
          databricksAddressPrefix: `${first}.${second}`,
        });
        expect(problems.map(({ key }) => key)).toEqual(overlap ? ["streaming:kafkaAddressSpace"] : []);
      }),
    );
  });

  it("no longer overlap once the suggested command has run", () => {
    fc.assert(
      fc.property(octets, fc.integer({ min: 8, max: 16 }), ([first, second], prefix) => {
        const kafkaAddressSpace = `${prefix === 8 ? `${first}.0` : `${first}.${second & (0xff << (16 - prefix))}`}.0.0/${prefix}`;
        const [problem] = addresses.addressProblems({
          kafkaAddressSpace,
          databricksAddressPrefix: `${first}.${second}`,
        });
        const databricksAddressPrefix = problem.fix[0].split(" ").at(-1);
        expect(addresses.addressProblems({ kafkaAddressSpace, databricksAddressPrefix })).toEqual([]);
      }),
    );
  });

  it("are reported when the subnet is not wholly inside the address space", () => {
    fc.assert(
      fc.property(usable, usable, (space, subnet) => {
        const inside = space.start <= subnet.start && subnet.end <= space.end;
        const problems = addresses.addressProblems({ kafkaAddressSpace: space.text, kafkaSubnetPrefix: subnet.text });
        expect(problems).toHaveLength(inside ? 0 : 1);
      }),
    );
  });

  it("have room for the cluster once the suggested commands have run", () => {
    fc.assert(
      fc.property(usable, fc.integer({ min: 1, max: 100 }), (space, kafkaWorkers) => {
        const values: Record<string, string | number> = {
          kafkaAddressSpace: space.text,
          kafkaSubnetPrefix: space.text,
          kafkaWorkers,
        };
        for (const command of addresses.addressProblems(values).flatMap(({ fix }) => fix)) {
          const [key, value] = command.replace("pulumi config set streaming:", "").split(" ");
          values[key] = value;
        }
        expect(addresses.addressProblems(values)).toEqual([]);
      }),
    );
  });
});
