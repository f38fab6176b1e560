import { describe, expect, it } from "vitest";
import { locationProblems } from "../../settings/location";
import { mostDisks } from "../../settings/nodes";

describe("the disks of a VM size", () => {
  it.each([
    ["Standard_E2_v3", 4],
    ["Standard_E4ads_v5", 8],
    ["Standard_E8ads_v5", 16],
    ["Standard_D2s_v3", 4],
    ["Standard_A1_v2", 2],
    ["Standard_A2m_v2", 4],
    ["Standard_L8s_v3", undefined],
    ["Standard_D2s_v6", undefined],
    ["Standard_D12_v2", undefined],
  ])("of %s are at most %s", (size, disks) => expect(mostDisks(size)).toBe(disks));
});

describe("a region", () => {
  it.each(["westeurope", "eastus2", "eastus3", "westus", "swedensouth", "austriawest", "moonnorth"])(
    "may be %s, whether it is known or not",
    (location) => expect(locationProblems(location)).toEqual([]),
  );

  it.each([
    ["westeurop", "westeurope"],
    ["wsteurope", "westeurope"],
    ["estus2", "eastus2"],
  ])("is not %s, which is one letter off %s", (location, meant) => {
    expect(locationProblems(location)).toEqual([
      {
        key: "azure-native:location",
        got: `"${location}"`,
        needs: `the name of an Azure region, perhaps ${meant}`,
        fix: [`pulumi config set azure-native:location ${meant}`],
      },
    ]);
  });
});
