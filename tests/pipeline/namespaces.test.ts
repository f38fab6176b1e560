import * as path from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readEndpoints } from "../../local/endpoints";
import { networkFolder } from "../../local/network";
import { enteringNetwork } from "../../local/network/namespaces/entering";
import { namespaceSupport } from "../../local/network/namespaces/support";
import { projectRoot, toolPaths } from "../../local/paths";
import { loadKeys } from "../../local/setup/keys";
import type { LocalStack } from "../../local/stack/localStack";
import { startSupervisor } from "../../local/supervise";
import type { TopicState } from "../../tools/topics/describe";
import { type Azure, all, azureClients } from "../clients/azure";
import { runEngine } from "../local/events";
import { networkNamespaces, processesNaming } from "../local/processes";
import { TestTwin } from "../local/twin";
import { describeWith } from "../needs";
import { exposedListeners } from "../security/listeners";

const support = namespaceSupport(toolPaths());
const impossible = "reason" in support ? support.reason : undefined;
const group = "rg-streaming-local";

/** The same program with networks that are real: each in a namespace, the engine as the operator in another one. */
describeWith("namespaces", impossible)("networks that are real", { timeout: 300_000 }, () => {
  let twin: TestTwin;
  let stack: LocalStack;
  let azure: Azure;
  let network: string;
  let before: string[];
  beforeAll(async () => {
    before = networkNamespaces();
    twin = await TestTwin.start(0, "namespaces");
    stack = await twin.stack();
  });
  afterAll(async () => {
    await twin?.stop();
    expect(made()).toEqual([]);
  });

  /** Namespaces that were not there before. */
  const made = () => networkNamespaces().filter((one) => !before.includes(one));

  /** Runs a program as the operator. */
  async function asOperator(...command: string[]) {
    const [program = "", ...args] = stack.asOperator(command);
    return execa(program, args, { reject: false, env: stack.environment });
  }

  /** What becomes of a TCP connection from inside the network that has an address. */
  async function dial(address: string, host: string, port: number): Promise<string> {
    const script = `
      const socket = require("net").connect({ host: "${host}", port: ${port} }, () => { console.log("open"); process.exit(); });
      socket.setTimeout(2_000, () => { console.log("ETIMEDOUT"); process.exit(); });
      socket.on("error", ({ code }) => console.log(code));`;
    const operator = readEndpoints(twin.home)?.network.operator ?? [];
    const command = [process.execPath, "-e", script];
    const [program = "", ...args] = enteringNetwork(operator, networkFolder(twin.home), { address }, command, "/");
    return (await execa(program, args)).stdout;
  }

  /** The first failed run of the producer that began after this was called. */
  async function producerFailure(): Promise<string> {
    const { workspaceUrl, producerJobUrl } = await stack.outputs();
    const client = stack.workspace(String(workspaceUrl));
    const since = Date.now();
    let message = "";
    await expect
      .poll(
        async () => {
          const run = await client.lastRun(String(producerJobUrl));
          if (!run || run.start_time < since || run.state.result_state !== "FAILED") return false;
          message = await client.log(run);
          return true;
        },
        { timeout: 240_000, interval: 500 },
      )
      .toBe(true);
    return message;
  }

  /** Ends the run of the producer; the job is continuous and starts the next one. */
  async function restartProducer(): Promise<void> {
    const { workspaceUrl, producerJobUrl } = await stack.outputs();
    const run = await stack.workspace(String(workspaceUrl)).lastRun(String(producerJobUrl));
    const { stdout } = await asOperator(
      ...["curl", "--silent", "--fail", "--request", "POST", `${workspaceUrl}/api/2.2/jobs/runs/cancel`],
      ...[
        "--cacert",
        stack.environment.SSL_CERT_FILE,
        "--header",
        `Authorization: Bearer ${stack.environment.DATABRICKS_TOKEN}`,
      ],
      ...["--json", JSON.stringify({ run_id: run?.run_id })],
    );
    expect(stdout).toBe("{}");
  }

  const verify = () =>
    execa("npx", ["tsx", "tools/verify.ts", "--stack", "local", "--json"], {
      env: { STREAMING_TWIN_DIR: twin.home },
      reject: false,
    });

  it("are deployed by `up`, with addresses of the networks in the outputs", async () => {
    const up = await runEngine(stack, "up");
    expect(up.errors).toBe("");
    expect(await stack.outputs()).toMatchObject({
      kafkaBrokers: ["10.0.0.9:9092", "10.0.0.10:9092", "10.0.0.11:9092"],
      zookeeperNodes: ["10.0.0.6:2181", "10.0.0.7:2181", "10.0.0.8:2181"],
      kafkaDashboardUrl: "https://203.0.113.11",
      sshEndpoint: "203.0.113.11:22",
      peeringState: "Connected",
    });
    azure = await azureClients(twin.home);
    const [first] = await all(azure.network.virtualNetworks.list(group));
    network = first?.name ?? "";
  });

  it("leave nothing in the machine's own network that others could reach", () => {
    expect(exposedListeners(twin.home)).toEqual([]);
  });

  it("carry messages from Spark's network to Kafka's and back, none lost and none twice", async () => {
    const { exitCode, stderr, stdout } = await verify();
    expect(stderr).not.toMatch(/^- /m);
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ missing: 0, duplicates: 0, topics: [{ inSync: 3 }] });
  });

  it("are left alone by another `up`", async () => {
    expect((await runEngine(stack, "up")).touched).toEqual({});
  });

  it("keep brokers from everybody outside, and let Spark in", async () => {
    expect(await dial("10.139.64.4", "10.0.0.9", 9092)).toBe("open");
    expect(await dial("10.0.0.4", "10.0.0.9", 9092)).toBe("open");
    const { stdout, stderr } = await asOperator("bash", "-c", "exec 3<>/dev/tcp/10.0.0.9/9092");
    expect(stdout + stderr).toContain("Network is unreachable");
  });

  it("let no operator in without a rule: SSH and Ambari are silent, and the message names the setting", async () => {
    const { gatewayPassword, sshPrivateKeyFile } = await loadKeys(twin.home);
    const ssh = () =>
      asOperator(
        ...["ssh", "-i", sshPrivateKeyFile, "-o", "ConnectTimeout=3", "-o", "StrictHostKeyChecking=no"],
        ...["-o", "UserKnownHostsFile=/dev/null", "-o", "BatchMode=yes", "sshuser@203.0.113.11", "hostname -i"],
      );
    const client = path.join(projectRoot, "components", "kafka", "ambari", "client.ts");
    const script = `
      const { Ambari } = require(${JSON.stringify(client)});
      const connection = { url: "https://203.0.113.11", cluster: "kafkalocal", user: "admin", password: ${JSON.stringify(gatewayPassword)} };
      new Ambari(connection, { retries: 0 }).get("?fields=Clusters/version").then(
        () => console.log("answered"),
        ({ message }) => console.log(message),
      );`;
    const ambari = () => asOperator(process.execPath, "--import", "tsx", "-e", script);
    expect((await ssh()).stdout).toBe("10.0.0.4");
    expect((await ambari()).stdout).toBe("answered");

    const [security] = await all(azure.network.networkSecurityGroups.list(group));
    await azure.network.securityRules.beginDeleteAndWait(group, security?.name ?? "", "operators");
    expect((await ssh()).stderr).toMatch(/timed out/i);
    expect((await ambari()).stdout).toContain("must be in `operatorAddresses`");

    const repaired = await runEngine(stack, "up", ["--refresh"]);
    expect(repaired.errors).toBe("");
    expect((await ssh()).stdout).toBe("10.0.0.4");
  });

  it("part when one half of the peering goes: the producer says so, and so does `up`", async () => {
    const [half] = await all(azure.network.virtualNetworkPeerings.list(group, network));
    await azure.network.virtualNetworkPeerings.beginDeleteAndWait(group, network, half?.name ?? "");
    expect(await dial("10.139.64.4", "10.0.0.9", 9092)).toBe("ETIMEDOUT");

    const failed = producerFailure();
    await restartProducer();
    expect(await failed).toMatch(
      /The Kafka brokers at 10\.0\.0\.\S+ cannot be used from here.*peering `Connected` on both sides/s,
    );

    const refreshed = await runEngine(stack, "refresh");
    expect(refreshed.touched.delete).toBeUndefined();
    const refused = await runEngine(stack, "up");
    expect(refused.ok).toBe(false);
    expect(refused.text).toContain("is in Disconnected state");
  });

  it("come together again when both halves are made anew", async () => {
    const removed = await runEngine(stack, "destroy", ["--target", "**NetworkPeering**", "--target-dependents"]);
    expect(removed.errors).toBe("");
    const up = await runEngine(stack, "up");
    expect(up.errors).toBe("");
    expect(await dial("10.139.64.4", "10.0.0.9", 9092)).toBe("open");
    const { exitCode, stderr } = await verify();
    expect(stderr).not.toMatch(/^- /m);
    expect(exitCode).toBe(0);
  });

  it("outlive a supervisor that is killed, with the brokers in them, and serve its successor", async () => {
    const brokers = () => processesNaming(twin.home).filter((line) => line.includes(" kafka.Kafka "));
    const [running, networks] = [brokers(), made()];
    expect(running).toHaveLength(3);
    process.kill(readEndpoints(twin.home)?.pid ?? 0, "SIGKILL");
    // A process is there for a moment after the signal, and would be taken for one that answers.
    await expect.poll(() => readEndpoints(twin.home)).toBeUndefined();
    await startSupervisor(twin.home, { network: "namespaces" });
    expect(brokers()).toEqual(running);
    expect(made()).toEqual(networks);
    const { exitCode, stderr } = await verify();
    expect(stderr).not.toMatch(/^- /m);
    expect(exitCode).toBe(0);
  });

  it("keep a broker that was broken away until it is mended, each by one command", async () => {
    const local = (...args: string[]) =>
      execa(process.execPath, ["--import", "tsx", "local/cli.ts", ...args], {
        env: { STREAMING_TWIN_DIR: twin.home },
        reject: false,
      });
    const inSync = async () => {
      const { stdout } = await local("topics", "--json");
      return (JSON.parse(stdout) as TopicState[])[0]?.partitions.map((one) => one.inSync.length);
    };
    expect((await local("break", "broker", "1002")).stdout).toMatch(/^Broker 1002 \(wn1-kafkal\) is down\./);
    expect((await local("break", "broker", "1")).stderr).toMatch(/Broker 1002 \(wn1-kafkal\) is down already/);
    await expect.poll(inSync, { timeout: 120_000, interval: 1_000 }).toEqual([2, 2, 2, 2]);
    expect(await local("mend", "broker", "wn1")).toMatchObject({
      exitCode: 0,
      stdout: "Broker 1002 (wn1-kafkal) runs again.",
    });
    await expect.poll(inSync, { timeout: 120_000, interval: 1_000 }).toEqual([3, 3, 3, 3]);
    expect((await local("break", "broker", "7")).stderr).toMatch(
      /There is no broker 7\. There are: 1001 \(wn0\), 1002 \(wn1\), 1003 \(wn2\)\./,
    );
  });

  it("are gone after `destroy`", async () => {
    expect((await runEngine(stack, "destroy")).errors).toBe("");
    // The operator's is left, for the next `up`.
    expect(made()).toHaveLength(1);
  });

  it("do not resolve each other's host names: without IP advertising Spark gets no further than the first answer", async () => {
    stack = await twin.stack({ kafkaAdvertise: "none" });
    const failed = runEngine(stack, "up").then((up) => {
      expect(up.errors).toBe("");
      return producerFailure();
    });
    expect(await failed).toMatch(/They advertise wn\d-kafkal\.\w+\.bx\.internal\.cloudapp\.net/);
    expect(await dial("10.139.64.4", "10.0.0.9", 9092)).toBe("open");
    const { exitCode, stderr } = await verify();
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/IP advertising/i);
  });
});
