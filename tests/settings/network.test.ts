import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { networkProblems, networkSettings } from "../../settings/network";
import { load, withoutEngine } from "./config";

describe("the workspace's network", () => {
  beforeAll(withoutEngine);

  it("is Databricks' own unless the stack says otherwise", () => {
    expect(load().databricks.managedAddressPrefix).toBe("10.139");
    expect(load().databricks).not.toHaveProperty("network");
  });

  it("has a range and subnets of its own when it is injected, without a word about them", () => {
    expect(load({ databricksNetwork: "injected" }).databricks).toMatchObject({
      network: {
        addressSpace: "10.140.0.0/16",
        hostSubnetPrefix: "10.140.0.0/18",
        containerSubnetPrefix: "10.140.64.0/18",
      },
    });
    expect(load({ databricksNetwork: "injected" }).databricks.managedAddressPrefix).toBeUndefined();
  });

  it("takes a range alone, and puts the subnets into it", () => {
    expect(networkSettings({ databricksNetwork: "injected", databricksAddressSpace: "172.20.255.0/24" })).toEqual({
      network: {
        addressSpace: "172.20.255.0/24",
        hostSubnetPrefix: "172.20.255.0/26",
        containerSubnetPrefix: "172.20.255.64/26",
      },
    });
  });

  it("has nothing wrong with it, whatever range it is given that Databricks accepts", () => {
    fc.assert(
      fc.property(fc.integer({ min: 16, max: 24 }), fc.nat(255), (prefix, third) => {
        const step = 2 ** (24 - prefix);
        const space = `10.140.${Math.floor(third / step) * step}.0/${prefix}`;
        const values = { databricksNetwork: "injected", databricksAddressSpace: space, sparkWorkers: 2 };
        const optional = { databricksHostSubnetPrefix: undefined, databricksContainerSubnetPrefix: undefined };
        expect(networkProblems({ ...values, ...optional, databricksAddressPrefix: "10.139" })).toEqual([]);
      }),
    );
  });

  it("is not checked against the managed network's range, nor the other way round", () => {
    expect(
      load({ databricksNetwork: "injected", kafkaAddressSpace: "10.139.0.0/16", kafkaSubnetPrefix: "10.139.0.0/24" }),
    ).toMatchObject({ kafka: { addressSpace: "10.139.0.0/16" } });
    expect(load({ kafkaAddressSpace: "10.140.0.0/16", kafkaSubnetPrefix: "10.140.0.0/24" })).toMatchObject({
      kafka: { addressSpace: "10.140.0.0/16" },
    });
  });
});
