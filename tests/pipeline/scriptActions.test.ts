import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CertificateAuthority } from "../../local/cloud/tls";
import { twinPaths } from "../../local/paths";
import type { ArmClient, Json } from "../local/cloud/arm/client";
import { ScriptServer } from "../local/cloud/hdinsight/scriptServer";
import { ControlPlaneStack } from "../local/controlPlaneStack";

/** Script actions of a stack's cluster, by the real engine against the control plane, which here runs them for real. */
describe("the script actions of a stack", { timeout: 240_000 }, () => {
  let stack: ControlPlaneStack;
  let arm: ArmClient;
  let server: ScriptServer;
  let cluster: string;
  let tools: { name: string; uri: string; roles: string[]; parameters?: string };
  const octets = { kafkaAddressSpace: "10.85.0.0/16", kafkaSubnetPrefix: "10.85.0.0/24" };

  beforeAll(async () => {
    stack = await ControlPlaneStack.start({ runsScripts: true });
    arm = await stack.arm();
    server = await ScriptServer.start(await CertificateAuthority.open(twinPaths(stack.home).keys));
    const group = `/subscriptions/${stack.environment.ARM_SUBSCRIPTION_ID}/resourceGroups/rg-streaming-local`;
    cluster = `${group}/providers/Microsoft.HDInsight/clusters/kafkalocal`;
    tools = {
      name: "tools",
      uri: server.serve("hostname", "tools.sh"),
      roles: ["workernode"],
      parameters: "Canary-Argument",
    };
  }, 120_000);
  afterAll(async () => {
    await stack?.stop();
    await server?.stop();
  });

  const up = (kafkaScriptActions: object[], more: Record<string, unknown> = {}) =>
    stack.done("up", { ...octets, kafkaScriptActions, ...more });
  const list = async (of: "scriptActions" | "scriptExecutionHistory") =>
    (await arm.get(`${cluster}/${of}`)).body.value as Json[];
  const runs = async () =>
    (await list("scriptExecutionHistory")).map((run) => `${run.name} ${run.executionSummary[0]?.instanceCount}`);

  it("are run once the cluster is there, in their order, and no argument is in the state in clear", async () => {
    await up([tools, { name: "heads", uri: tools.uri, roles: ["headnode"] }]);
    expect(await runs()).toEqual(["heads 2", "tools 3"]);
    const { stdout } = await stack.pulumi(["stack", "export"]);
    expect(String(stdout)).not.toContain("Canary");
    expect(await up([tools, { name: "heads", uri: tools.uri, roles: ["headnode"] }])).toEqual({});
  });

  it("are forgotten when they are left out", async () => {
    expect((await up([tools])).delete).toEqual(["kafka-scripts-heads"]);
    expect((await list("scriptActions")).map(({ name }) => name)).toEqual(["tools"]);
  });

  it("are run on workers that are added, and only there", async () => {
    await up([tools], { kafkaWorkers: "4" });
    expect((await runs())[0]).toBe("tools 1");
  });

  it("are run anew when their address changes; one that fails is told, and run again, whether changed or set back", async () => {
    const next = { ...tools, uri: `${server.url}/next.sh` };
    await expect(up([next], { kafkaWorkers: "4" })).rejects.toThrow("Script Action location cannot be accessed");
    server.serve("echo no space left on device >&2; exit 1", "next.sh");
    await expect(up([next], { kafkaWorkers: "4" })).rejects.toThrow("no space left on device");
    expect(await list("scriptActions")).toEqual([]);
    // Nodes may have some of the one that failed, and new workers would get none.
    expect((await up([tools], { kafkaWorkers: "4" }))["create-replacement"]).toEqual(["kafka-scripts-tools"]);
    expect(await list("scriptActions")).toMatchObject([{ uri: tools.uri }]);
    expect((await runs()).slice(0, 2)).toEqual(["tools 4", "tools 4"]);
    server.serve("true", "next.sh");
    expect((await up([next], { kafkaWorkers: "4" }))["create-replacement"]).toEqual(["kafka-scripts-tools"]);
    expect((await list("scriptExecutionHistory"))[0]).toMatchObject({ uri: next.uri, status: "Succeeded" });
    expect(await list("scriptActions")).toMatchObject([{ uri: next.uri }]);
  });

  it("are run on a cluster that takes the place of theirs, and stay persisted there", async () => {
    const touched = await up([tools], { kafkaWorkers: "4", kafkaHeadSize: "Standard_E8ads_v5" });
    expect(touched["create-replacement"]).toEqual(expect.arrayContaining(["kafka-cluster", "kafka-scripts-tools"]));
    expect(await runs()).toEqual(["tools 4"]);
    expect(await list("scriptActions")).toMatchObject([{ uri: tools.uri }]);
  });

  it("stay persisted when the cluster is a new one behind Pulumi's back", async () => {
    const { stdout } = await stack.pulumi(["stack", "export"]);
    const state = JSON.parse(String(stdout)) as { deployment: { resources: { urn: string; inputs: Json }[] } };
    // As after a refresh that found another cluster than the one that the script ran on.
    for (const { urn, inputs } of state.deployment.resources) {
      if (urn.endsWith("::kafka-scripts-tools")) inputs.triggers = ["another-cluster"];
    }
    await stack.pulumi(["stack", "import"], { input: JSON.stringify(state) });
    const touched = await up([tools], { kafkaWorkers: "4", kafkaHeadSize: "Standard_E8ads_v5" });
    expect(touched["create-replacement"]).toEqual(["kafka-scripts-tools"]);
    expect(await list("scriptActions")).toMatchObject([{ name: "tools" }]);
  });

  it("go with the cluster, without a call for each", async () => {
    const touched = await stack.done("destroy", { ...octets, kafkaScriptActions: [tools] });
    expect(touched.delete).toContain("kafka-cluster");
  });
});
