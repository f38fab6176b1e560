import { afterAll, beforeAll, expect, it } from "vitest";
import { createNetwork, group, location, provider, TestArm } from "./twin";

let arm: TestArm;
const zone = `${provider("Network")}/privateDnsZones/kafka.internal`;
const other = `${provider("Network")}/privateDnsZones/other.internal`;
let vnet: string;

beforeAll(async () => {
  arm = await TestArm.start();
  await arm.put(group, { location });
  vnet = (await createNetwork(arm)).vnet;
  await arm.create(zone, { location: "global" });
  await arm.create(other, { location: "Global" });
});
afterAll(() => arm.stop());

const link = (of: string, name: string) => `${of}/virtualNetworkLinks/${name}`;
const linkBody = (registrationEnabled = false) => ({
  location: "global",
  properties: { virtualNetwork: { id: vnet }, registrationEnabled },
});

it("a zone is global and counts its records and links", async () => {
  const response = await arm.put(`${provider("Network")}/privateDnsZones/here.internal`, { location });
  expect(response.body.error.code).toBe("LocationNotAvailableForResourceType");
  expect((await arm.get(zone)).body).toMatchObject({
    location: "global",
    properties: { numberOfRecordSets: 1, numberOfVirtualNetworkLinks: 0 },
  });
});

it("an address record has its full name, and a wrong address is refused", async () => {
  const record = `${zone}/A/wn0-stream`;
  const made = await arm.put(record, { properties: { ttl: 60, aRecords: [{ ipv4Address: "10.0.0.9" }] } });
  expect(made).toMatchObject({ status: 201, body: { properties: { fqdn: "wn0-stream.kafka.internal." } } });
  expect((await arm.put(record, { properties: { ttl: 60, aRecords: [{ ipv4Address: "10.0.0" }] } })).status).toBe(400);
  expect((await arm.get(zone)).body.properties.numberOfRecordSets).toBe(2);
});

it("a network is linked to a zone once, registers in one zone, and keeps the zone from being deleted", async () => {
  await arm.create(link(zone, "kafka"), linkBody(true));
  expect((await arm.put(link(zone, "again"), linkBody())).body.error.code).toBe("VirtualNetworkAlreadyLinked");
  expect((await arm.put(link(other, "kafka"), linkBody(true))).body.error.code).toBe("VirtualNetworkAlreadyLinked");
  await arm.create(link(other, "kafka"), linkBody());
  expect((await arm.delete(zone)).body.error.code).toBe("CannotDeleteResource");
  await arm.destroy(link(zone, "kafka"));
  await arm.destroy(zone);
  expect((await arm.get(zone)).status).toBe(404);
});

it("a group with linked zones can be deleted", async () => {
  await arm.destroy(group);
  expect((await arm.get(group)).status).toBe(404);
});
