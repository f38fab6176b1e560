import { describe, expect, it } from "vitest";
import { coresOf, familyOf, kafkaCores, sparkCores } from "../../../tools/doctor/cores";

describe("a VM size", () => {
  it.each([
    ["Standard_D4ds_v5", 4, "standardDDSv5Family"],
    ["Standard_E8ads_v5", 8, "standardEADSv5Family"],
    ["Standard_E2_v3", 2, "standardEv3Family"],
    ["Standard_DS3_v2", 3, "standardDSv2Family"],
    ["Standard_E16-8ds_v4", 16, "standardEDSv4Family"],
    ["Standard_F8s", 8, "standardFSFamily"],
    ["D4", undefined, undefined],
  ])("%s has %s cores in %s", (size, cores, family) => {
    expect(coresOf(size)).toBe(cores);
    expect(familyOf(size)).toBe(family);
  });
});

describe("the cores of a stack", () => {
  const kafka = { kafkaHeadSize: "Standard_E4ads_v5", kafkaZookeeperSize: "Standard_E2_v3" };

  it("are those of two heads, three ZooKeepers and the brokers", () => {
    expect(kafkaCores({ ...kafka, kafkaWorkerSize: "Standard_E8ads_v5", kafkaWorkers: 4 })).toBe(8 + 6 + 32);
    expect(kafkaCores({ ...kafka, kafkaWorkers: 4 })).toBeUndefined();
  });

  it("are a driver and workers for each job, and for the interactive cluster where there is one", () => {
    const spark = { sparkNodeType: "Standard_D4ds_v5", sparkWorkers: 2 };
    expect(sparkCores({ ...spark, sparkInteractiveCluster: "true" })).toBe(36);
    expect(sparkCores({ ...spark, sparkInteractiveCluster: "false" })).toBe(24);
    expect(sparkCores({ sparkWorkers: 2 })).toBeUndefined();
  });
});
