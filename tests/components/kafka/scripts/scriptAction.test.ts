import * as path from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ScriptUnavailable } from "../../../../local/cloud/hdinsight/scripts";
import { createCluster, type Json, loginTo, TestArm } from "../../../local/cloud/arm/twin";

describe("a script action of a running cluster", () => {
  let arm: TestArm;
  let cluster: string;
  const uri = "https://example.com/tools.sh";
  const persisted = async () => (await arm.get(`${cluster}/scriptActions`)).body.value as Json[];
  const runs = () => arm.kafka.scripts.given.length;

  beforeAll(async () => {
    arm = await TestArm.start();
    cluster = await createCluster(arm, "scripted");
  });
  beforeEach(async () => {
    for (const { name } of await persisted()) await arm.delete(`${cluster}/scriptActions/${name}`);
    arm.kafka.scripts.outcome = () => [{ host: "wn0", exitCode: 0, stdout: "done", stderr: "" }];
  });
  afterAll(() => arm.stop());

  const call = (verb: string, more: Record<string, string> = {}) =>
    execa("node", ["--require", "ts-node/register/transpile-only", "scriptAction.ts", verb], {
      cwd: path.resolve("components/kafka/scripts"),
      reject: false,
      env: {
        ...loginTo(arm),
        HDINSIGHT_CLUSTER_ID: cluster,
        SCRIPT_NAME: "tools",
        SCRIPT_URI: uri,
        SCRIPT_ROLES: "workernode,headnode",
        SCRIPT_PARAMETERS: "--password Canary-Word",
        ...more,
      },
    });
  const ran = async (more?: Record<string, string>) => {
    const { exitCode, stdout, stderr } = await call("run", more);
    expect(exitCode, stderr).toBe(0);
    expect(stdout + stderr).not.toContain("Canary");
    return (JSON.parse(stdout) as { ran: boolean }).ran;
  };

  it("is run once, and again when its address, roles or arguments change", { timeout: 120_000 }, async () => {
    const before = runs();
    expect([await ran(), await ran()]).toEqual([true, false]);
    expect(arm.kafka.scripts.given.at(-1)).toEqual({
      uri,
      roles: ["workernode", "headnode"],
      parameters: "--password Canary-Word",
    });
    expect(await ran({ SCRIPT_ROLES: "headnode,workernode" })).toBe(false);
    const changes: Record<string, string>[] = [
      { SCRIPT_URI: `${uri}?v=2` },
      { SCRIPT_ROLES: "workernode" },
      { SCRIPT_PARAMETERS: "" },
    ];
    for (const change of changes) expect(await ran(change)).toBe(true);
    expect(runs()).toBe(before + 4);
    expect(await persisted()).toEqual([
      { name: "tools", uri, roles: ["workernode", "headnode"], parameters: "", applicationName: null },
    ]);
  });

  it("that fails says where, what it wrote, and no argument; and is run again the next time", async () => {
    arm.kafka.scripts.outcome = () => [
      { host: "wn0.internal", exitCode: 0, stdout: "fine", stderr: "" },
      { host: "wn1.internal", exitCode: 2, stdout: "given --password Canary-Word", stderr: "no space left on device" },
    ];
    const { exitCode, stdout, stderr } = await call("run");
    expect(exitCode).toBe(1);
    expect(stderr).toContain("Script action `tools` of the Kafka cluster: ");
    expect(stderr).toContain("ScriptExecutionFailed");
    expect(stderr).toMatch(/Run \d+ ended as Failed \(COMPLETED on 1, FAILED on 1 nodes\)/);
    expect(stderr).toContain("wn1.internal:\ngiven [secret]\nno space left on device");
    expect(stdout + stderr).not.toContain("Canary");
    expect(await persisted()).toEqual([]);
    arm.kafka.scripts.outcome = () => [{ host: "wn0", exitCode: 0, stdout: "", stderr: "" }];
    expect(await ran()).toBe(true);
  }, 120_000);

  it("whose address cannot be reached says so", async () => {
    arm.kafka.scripts.outcome = () => {
      throw new ScriptUnavailable("Script Action location cannot be accessed");
    };
    const { exitCode, stderr } = await call("run");
    expect(exitCode).toBe(1);
    expect(stderr).toContain("Script Action location cannot be accessed");
    expect(stderr).toContain("ended as ValidationFailed.");
  });

  it("that Azure refuses in the words of the call shows neither its arguments nor its address's signature", async () => {
    const signed = `${uri}?sv=2022-11-02&sp=r&sig=Canary%2BSignature%3D%3D`;
    arm.kafka.scripts.outcome = (script) => {
      throw new ScriptUnavailable(`cannot run ${JSON.stringify(script)}, signed Canary+Signature==`);
    };
    const { exitCode, stderr } = await call("run", {
      SCRIPT_URI: signed,
      SCRIPT_PARAMETERS: '--password "Canary Word"',
    });
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`cannot run {"uri":"${uri}?[secret]","parameters":"[secret]"`);
    expect(stderr).not.toContain("Canary");
  });

  it("waits for one that is still running, such as its own of a run that was interrupted", async () => {
    let open = () => {};
    arm.kafka.gate = new Promise((resolve) => {
      open = resolve;
    });
    const own = { name: "tools", uri, roles: ["workernode", "headnode"], parameters: "--password Canary-Word" };
    const before = runs();
    await arm.post(`${cluster}/executeScriptActions`, { scriptActions: [own], persistOnSuccess: true });
    const second = ran();
    setTimeout(open, 3_000);
    expect(await second).toBe(false);
    expect(runs()).toBe(before + 1);
  }, 120_000);

  it("is forgotten, and those of others are not", { timeout: 120_000 }, async () => {
    const others = { name: "others", uri, roles: ["workernode"] };
    await arm.finish(
      await arm.post(`${cluster}/executeScriptActions`, { scriptActions: [others], persistOnSuccess: true }),
    );
    await ran();
    for (const again of [0, 0]) expect((await call("forget")).exitCode).toBe(again);
    expect((await persisted()).map(({ name }) => name)).toEqual(["others"]);
  });

  it("needs to know which, and what to do", async () => {
    expect((await call("walk")).stderr).toContain("`run` or `forget`");
    expect((await call("run", { SCRIPT_URI: "" })).stderr).toContain("`SCRIPT_URI`");
  });
});
