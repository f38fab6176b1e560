import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ScriptUnavailable } from "../../../../local/cloud/hdinsight/scripts";
import { createCluster, type Json, TestArm } from "./twin";

let arm: TestArm;
let cluster: string;

beforeAll(async () => {
  arm = await TestArm.start();
  cluster = await createCluster(arm, "scripted");
});
afterAll(() => arm.stop());

const tools = {
  name: "tools",
  uri: "https://example.com/tools.sh",
  roles: ["headnode", "workernode"],
  parameters: "a b",
};
const execute = (scriptActions: object[], persistOnSuccess = true) =>
  arm.post(`${cluster}/executeScriptActions`, { scriptActions, persistOnSuccess });
const run = async (...given: Parameters<typeof execute>) => arm.finish(await execute(...given));
const list = async (of: "scriptActions" | "scriptExecutionHistory") =>
  (await arm.get(`${cluster}/${of}`)).body.value as Json[];
const outcome = (exitCode: number) => () => [
  { host: "hn0", exitCode: 0, stdout: "fine", stderr: "" },
  { host: "wn0", exitCode, stdout: "", stderr: "what went wrong" },
];

beforeEach(async () => {
  arm.kafka.scripts.outcome = outcome(0);
  for (const { name } of await list("scriptActions")) await arm.delete(`${cluster}/scriptActions/${name}`);
});

describe("script actions of a running cluster", () => {
  it("are run on the nodes of their roles, persisted, and recorded, as HDInsight shows them", async () => {
    await run([tools]);
    expect(arm.kafka.scripts.given.at(-1)).toEqual({ uri: tools.uri, parameters: "a b", roles: tools.roles });
    expect(await list("scriptActions")).toEqual([{ ...tools, applicationName: null }]);
    const [latest] = await list("scriptExecutionHistory");
    expect(latest).toEqual({
      ...tools,
      scriptExecutionId: expect.any(Number),
      applicationName: null,
      operation: "PostClusterCreateScriptActionRequest",
      startTime: expect.stringMatching(/^\d{4}-/),
      endTime: expect.stringMatching(/^\d{4}-/),
      status: "Succeeded",
      executionSummary: [{ status: "COMPLETED", instanceCount: 2 }],
    });
    const one = (await arm.get(`${cluster}/scriptExecutionHistory/${latest.scriptExecutionId}`)).body;
    expect(JSON.parse(one.debugInformation).tasks[0].Tasks).toMatchObject({ host_name: "hn0", stdout: "fine" });
  });

  it("that fail on a node are not persisted, and say on which", async () => {
    arm.kafka.scripts.outcome = outcome(3);
    await expect(run([tools])).rejects.toThrow(/ScriptExecutionFailed.*'tools' failed on wn0/);
    expect(await list("scriptActions")).toEqual([]);
    const [{ scriptExecutionId, status, executionSummary }] = await list("scriptExecutionHistory");
    expect(status).toBe("Failed");
    expect(executionSummary).toEqual([
      { status: "COMPLETED", instanceCount: 1 },
      { status: "FAILED", instanceCount: 1 },
    ]);
    const { body } = await arm.get(`${cluster}/scriptExecutionHistory/${scriptExecutionId}`);
    expect(body.debugInformation).toContain("what went wrong");
  });

  it("that cannot be fetched end as ValidationFailed", async () => {
    arm.kafka.scripts.outcome = () => {
      throw new ScriptUnavailable("Script Action location cannot be accessed");
    };
    await expect(run([tools])).rejects.toThrow("Script Action location cannot be accessed");
    expect((await list("scriptExecutionHistory"))[0].status).toBe("ValidationFailed");
  });

  it("are run one after the other, the latest first in the history, and stop at one that fails", async () => {
    arm.kafka.scripts.outcome = ({ uri }) => outcome(uri.endsWith("second.sh") ? 1 : 0)();
    const named = (name: string) => ({ ...tools, name, uri: `https://example.com/${name}.sh` });
    await expect(run([named("first"), named("second"), named("third")])).rejects.toThrow("'second' failed");
    const names = (await list("scriptExecutionHistory")).map(({ name, status }) => `${name} ${status}`);
    expect(names.slice(0, 2)).toEqual(["second Failed", "first Succeeded"]);
    expect((await list("scriptActions")).map(({ name }) => name)).toEqual(["first"]);
  });

  it("take the cluster for themselves while they run", async () => {
    let open = () => {};
    arm.kafka.gate = new Promise((resolve) => {
      open = resolve;
    });
    const first = await execute([tools]);
    expect(first.status).toBe(202);
    await expect.poll(async () => (await list("scriptExecutionHistory"))[0].status).toBe("InProgress");
    expect((await execute([{ ...tools, name: "other" }])).body.error.code).toBe("AnotherOperationInProgress");
    open();
    await arm.finish(first);
  });

  it("are not persisted unless that is asked for, but may be afterwards, once they have succeeded", async () => {
    await run([tools], false);
    expect(await list("scriptActions")).toEqual([]);
    const promote = async () =>
      arm.post(
        `${cluster}/scriptExecutionHistory/${(await list("scriptExecutionHistory"))[0].scriptExecutionId}/promote`,
      );
    expect((await promote()).status).toBe(200);
    expect(await list("scriptActions")).toEqual([{ ...tools, applicationName: null }]);
    expect((await promote()).body.error.message).toContain("already");
    arm.kafka.scripts.outcome = outcome(1);
    await expect(run([{ ...tools, name: "failing" }])).rejects.toThrow();
    expect((await promote()).body.error.message).toContain("has not succeeded");
  });

  it("are run on workers that are added, the persisted ones for workers alone", async () => {
    await run([tools]);
    await run([{ ...tools, name: "heads", roles: ["headnode"] }]);
    await run([{ ...tools, name: "once" }], false);
    const before = arm.kafka.scripts.given.length;
    const { workers } = arm.kafka.specOf("scripted");
    const targetInstanceCount = workers.length + 1;
    await arm.finish(await arm.post(`${cluster}/roles/workernode/resize`, { targetInstanceCount }));
    const only = [arm.kafka.specOf("scripted").workers.at(-1)];
    expect(arm.kafka.scripts.given.slice(before)).toEqual([
      { uri: tools.uri, parameters: "a b", roles: ["workernode"], only },
    ]);
    expect((await list("scriptExecutionHistory"))[0]).toMatchObject({ name: "tools", operation: "ScaleUp" });
  });

  it("are forgotten by DELETE, which undoes nothing and is no error twice", async () => {
    await run([tools]);
    expect((await arm.delete(`${cluster}/scriptActions/tools`)).status).toBe(200);
    expect((await arm.delete(`${cluster}/scriptActions/tools`)).status).toBe(204);
    expect(await list("scriptActions")).toEqual([]);
  });

  it.each([
    ["no list", { scriptActions: [] }, "scriptActions"],
    ["a role that there is not", { scriptActions: [{ ...tools, roles: ["nodes"] }] }, "roles"],
    ["a role that Kafka has not", { scriptActions: [{ ...tools, roles: ["edgenode"] }] }, "has not: edgenode"],
    ["one name twice", { scriptActions: [tools, tools] }, "must be unique"],
    [
      "an address that nothing here fetches",
      { scriptActions: [{ ...tools, uri: "wasbs://c@a/tools.sh" }] },
      "http or https",
    ],
  ])("are refused with %s", async (_what, body, message) => {
    const { status, body: answer } = await arm.post(`${cluster}/executeScriptActions`, {
      persistOnSuccess: true,
      ...body,
    });
    expect(status).toBe(400);
    expect(answer.error.message).toContain(message);
  });

  it("are refused under the name of a persisted one", async () => {
    await run([tools]);
    expect((await execute([{ ...tools, uri: "https://example.com/other.sh" }])).body.error.message).toContain(
      "already",
    );
    expect((await execute([tools], false)).status).toBe(202);
  });

  it("come and go by no other call", async () => {
    expect((await arm.put(`${cluster}/scriptActions/tools`, { properties: {} })).status).toBe(404);
    const [{ scriptExecutionId }] = await list("scriptExecutionHistory");
    expect((await arm.delete(`${cluster}/scriptExecutionHistory/${scriptExecutionId}`)).status).toBe(404);
    expect((await arm.get(`${cluster.replace("scripted", "absent")}/scriptActions`)).status).toBe(404);
  });

  it("that a restart cut short have failed", async () => {
    arm.kafka.gate = new Promise(() => {});
    await execute([{ ...tools, name: "cut" }]);
    await expect.poll(async () => (await list("scriptExecutionHistory"))[0].status).toBe("InProgress");
    await arm.service.close();
    await arm.restart();
    await arm.service.settled();
    expect((await list("scriptExecutionHistory"))[0]).toMatchObject({ name: "cut", status: "Failed" });
    arm.kafka.gate = Promise.resolve();
    await run([{ ...tools, name: "cut" }]);
  });
});
