import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ArmClient, OperationFailed } from "../../../../local/plugins/azure-native/armClient";
import { Credentials } from "../../../../local/plugins/azure-native/credentials";
import { silentLog } from "../../../../local/plugins/rpc/engineLog";
import { credentials, FakeArm } from "../support/fakeArm";

const group = `/subscriptions/${credentials.subscriptionId}/resourceGroups/rg`;
const api = "2024-05-01";

describe("the resource manager's client", () => {
  let arm: FakeArm;
  let client: ArmClient;
  const call = { signal: new AbortController().signal, log: silentLog };

  beforeAll(async () => {
    arm = await new FakeArm().listen();
    client = new ArmClient(new Credentials({ ...credentials, metadataHost: arm.url }));
  });
  beforeEach(() => {
    arm.newCalls();
    arm.operations.clear();
    arm.troubles.clear();
    arm.resources.clear();
  });
  afterAll(() => arm.close());

  it("waits for an operation by its own address and then reads the resource", async () => {
    arm.operations.set("slow", {});
    const body = await client.put(`${group}/providers/A/slow/x`, api, { location: "l" }, call);
    expect(body).toMatchObject({ location: "l", name: "x" });
    expect(arm.newCalls()).toEqual([`PUT ${group}/providers/A/slow/x`, `GET ${group}/providers/A/slow/x`]);
  });

  it("waits for an operation that is followed by its location", async () => {
    arm.operations.set("slow", { style: "location" });
    await expect(client.put(`${group}/providers/A/slow/y`, api, {}, call)).resolves.toMatchObject({ name: "y" });
    await client.delete(`${group}/providers/A/slow/y`, api, call);
    expect(await client.find(`${group}/providers/A/slow/y`, api, call)).toBeUndefined();
  });

  it("says with Azure's code and message why an accepted operation failed", async () => {
    arm.operations.set("slow", { error: { code: "QuotaExceeded", message: "no cores left" } });
    const failure = client.put(`${group}/providers/A/slow/z`, api, {}, call);
    await expect(failure).rejects.toThrow('Status=200 Code="QuotaExceeded" Message="no cores left"');
    await expect(failure).rejects.toBeInstanceOf(OperationFailed);
  });

  it("says with Azure's code and message why a request was refused", async () => {
    arm.trouble("PUT", { status: 400, code: "InvalidParameter", message: "bad subnet" });
    const failure = client.put(`${group}/providers/A/b/c`, api, {}, call);
    await expect(failure).rejects.toThrow('Status=400 Code="InvalidParameter" Message="bad subnet"');
    await expect(failure).rejects.not.toBeInstanceOf(OperationFailed);
  });

  it("retries when another operation is in progress, when it is throttled and when the service fails", async () => {
    const headers = { "retry-after": "0" };
    arm.trouble(
      "PUT",
      { status: 409, code: "AnotherOperationInProgress", message: "busy", headers },
      { status: 429, code: "TooManyRequests", message: "slow down", headers },
      { status: 503, code: "ServerBusy", message: "later", headers },
    );
    await client.put(`${group}/providers/A/b/d`, api, {}, call);
    expect(arm.newCalls().filter((line) => line.startsWith("PUT"))).toHaveLength(4);
  });

  it("does not retry other conflicts", async () => {
    arm.trouble("PUT", { status: 409, code: "Conflict", message: "in use" });
    await expect(client.put(`${group}/providers/A/b/e`, api, {}, call)).rejects.toThrow('Code="Conflict"');
    expect(arm.newCalls()).toHaveLength(1);
  });

  it("refuses to create what exists, in the official plugin's words", async () => {
    await client.put(`${group}/providers/A/b/f`, api, {}, call);
    await expect(client.expectAbsent(`${group}/providers/A/b/f`, api, call)).rejects.toThrow(
      `cannot create already existing resource '${group}/providers/A/b/f'`,
    );
    await expect(client.expectAbsent(`${group}/providers/A/b/g`, api, call)).resolves.toBeUndefined();
  });

  it("signs in again when its token is no longer accepted", async () => {
    arm.trouble("GET", { status: 401, code: "ExpiredAuthenticationToken", message: "expired" });
    expect(await client.find(`${group}/providers/A/b/h`, api, call)).toBeUndefined();
    expect(arm.newCalls()).toHaveLength(2);
  });

  it("takes the deletion of what is gone for done", async () => {
    await expect(client.delete(`${group}/providers/A/b/i`, api, call)).resolves.toBeUndefined();
  });

  it("stops waiting when it is cancelled", async () => {
    arm.trouble("PUT", { status: 503, code: "ServerBusy", message: "later", headers: { "retry-after": "60" } });
    const cancelled = new AbortController();
    const waiting = client.put(`${group}/providers/A/b/j`, api, {}, { ...call, signal: cancelled.signal });
    setTimeout(() => cancelled.abort(new Error("cancelled")), 50);
    await expect(waiting).rejects.toThrow();
  });

  it("says what is wrong with the credentials", async () => {
    const other = new ArmClient(new Credentials({ ...credentials, clientSecret: "wrong", metadataHost: arm.url }));
    await expect(other.find(group, api, call)).rejects.toThrow(
      `cannot sign in to Azure as ${credentials.clientId}: AADSTS7000215: Invalid client secret`,
    );
  });
});
