import { afterAll, beforeAll, expect, it } from "vitest";
import { createCluster, location, provider, TestArm } from "./twin";

let arm: TestArm;
const cluster = `${provider("HDInsight")}/clusters/logged`;
const agent = `${cluster}/extensions/azureMonitorAgent`;
const workspace = `${provider("OperationalInsights")}/workspaces/logs`;
let workspaceId: string;
let primaryKey: string;

beforeAll(async () => {
  arm = await TestArm.start();
  await createCluster(arm, "logged");
  workspaceId = (await arm.create(workspace, { location, properties: {} })).properties.customerId;
  primaryKey = (await arm.post(`${workspace}/sharedKeys`)).body.primarySharedKey;
});
afterAll(() => arm.stop());

it("a cluster's agent is there from the beginning, switched off", async () => {
  expect(await arm.get(agent)).toMatchObject({
    status: 200,
    body: { clusterMonitoringEnabled: false, workspaceId: null },
  });
  expect((await arm.get(agent.replace("logged", "absent"))).status).toBe(404);
});

it("it is switched on by the workspace's id and key, and off again", async () => {
  const on = await arm.put(agent, { workspaceId, primaryKey });
  expect(on).toMatchObject({ status: 202, headers: { location: expect.any(String) } });
  expect((await arm.finish(on)).status).toBe(200);
  expect((await arm.get(agent)).body).toEqual({ clusterMonitoringEnabled: true, workspaceId });
  await arm.destroy(agent);
  expect((await arm.get(agent)).body).toEqual({ clusterMonitoringEnabled: false, workspaceId: null });
});

it("it takes no other workspace's key, no workspace that is not there, and no older agent", async () => {
  const other = await arm.create(`${workspace}-other`, { location, properties: {} });
  const refused = { status: 400, body: { error: { code: "InvalidWorkspace" } } };
  expect(await arm.put(agent, { workspaceId: other.properties.customerId, primaryKey })).toMatchObject(refused);
  const nowhere = "00000000-0000-4000-8000-000000000000";
  expect(await arm.put(agent, { workspaceId: nowhere, primaryKey })).toMatchObject(refused);
  for (const older of ["azureMonitor", "clustermonitoring"]) {
    const id = agent.replace("azureMonitorAgent", older);
    expect((await arm.put(id, { workspaceId, primaryKey })).status).toBe(400);
    expect((await arm.get(id)).status).toBe(404);
  }
});
