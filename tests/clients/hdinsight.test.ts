import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import type { Cluster } from "@azure/arm-hdinsight";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { unsupportedCalls } from "../../local/cloud/unsupported";
import { kafkaJava } from "../../local/engines/kafka";
import { toolPaths, twinPaths } from "../../local/paths";
import { classpath } from "../../local/setup/jars";
import { javaBinary } from "../../local/setup/prerequisites";
import { generateSshKeyPair } from "../../local/setup/sshKey";
import { AmbariClient, login as gateway } from "../local/cloud/hdinsight/testCluster";
import { TestTwin } from "../local/twin";
import { describeWith, missingPrograms } from "../needs";
import { type Azure, all, azureClients } from "./azure";
import { createCluster } from "./kafkaCluster";

/**
 * One cluster, made by Azure's SDK and used by the programs that people have: OpenSSH, curl, and Kafka's own tools, on
 * the head node and away from it.
 */

let twin: TestTwin;
let azure: Azure;
let cluster: Cluster;
const group = "kafka";
const name = "client";
const key = generateSshKeyPair("clients");
const file = (base: string) => path.join(twin.home, "test", base);

beforeAll(async () => {
  twin = await TestTwin.start(63);
  azure = await azureClients(twin.home);
  const login = { gateway, ssh: { username: "sshuser", publicKey: key.publicKey } };
  cluster = await createCluster(azure, group, name, login, "10.63.0.0/16");
  writeSecret("key", key.privateKey);
}, 240_000);
afterAll(() => twin.stop());

function writeSecret(base: string, content: string): string {
  mkdirSync(path.dirname(file(base)), { recursive: true });
  writeFileSync(file(base), content, { mode: 0o600 });
  return file(base);
}

function endpoint(service: string): { host: string; port: number } {
  const found = cluster.properties?.connectivityEndpoints?.find((one) => one.name === service);
  return { host: found?.location ?? "", port: found?.port ?? 0 };
}

/** Options that `ssh` and `scp` share, but for the port: this key and no other, these known hosts and no others. */
function sshOptions({ identity = file("key"), known = "known_hosts", checking = "accept-new" } = {}): string[] {
  const options = {
    IdentitiesOnly: "yes",
    BatchMode: "yes",
    StrictHostKeyChecking: checking,
    UserKnownHostsFile: file(known),
    GlobalKnownHostsFile: "none",
  };
  const given = Object.entries(options).flatMap(([option, value]) => ["-o", `${option}=${value}`]);
  return ["-F", "none", "-i", identity, ...given];
}

/** Runs OpenSSH's client against the first head node. */
function ssh(args: string[], options: Parameters<typeof sshOptions>[0] = {}, input = "") {
  const { host, port } = endpoint("SSH");
  return execa(
    "ssh",
    [...sshOptions(options), "-p", String(port), ...args.slice(0, -1), `sshuser@${host}`, ...args.slice(-1)],
    {
      input,
      reject: false,
    },
  );
}

describe("the cluster", () => {
  it("is read, listed and tagged as it was made, and its passwords only by the call that is for them", async () => {
    const { clusters } = azure.hdinsight;
    const read = await clusters.get(group, name);
    expect(read.properties).toMatchObject({ clusterState: "Running", provisioningState: "Succeeded", osType: "Linux" });
    expect(JSON.stringify(read)).not.toContain(gateway.password);
    expect((await all(clusters.listByResourceGroup(group))).map((one) => one.name)).toEqual([name]);
    expect((await all(clusters.list())).map((one) => one.name)).toEqual([name]);
    expect((await clusters.update(group, name, { tags: { changed: "yes" } })).tags).toEqual({ changed: "yes" });
    expect((await clusters.getGatewaySettings(group, name)).password).toBe(gateway.password);
  });

  it("refuses what its kind cannot do, in the SDK's own errors", async () => {
    const resize = azure.hdinsight.clusters.beginResizeAndWait(group, name, "workernode", { targetInstanceCount: 2 });
    await expect(resize).rejects.toMatchObject({ statusCode: 400, code: "ScaleDownNotSupported" });
    const scripts = azure.hdinsight.clusters.beginExecuteScriptActionsAndWait(group, name, {
      persistOnSuccess: false,
      scriptActions: [{ name: "tools", uri: "https://example.com/tools.sh", roles: ["edgenode"] }],
    });
    await expect(scripts).rejects.toMatchObject({ statusCode: 400, code: "BadRequest" });
  });
});

describeWith("programs", missingPrograms("ssh", "sftp"))("OpenSSH", {}, () => {
  it("trusts the host only once its key is known, and never another key in its place", async () => {
    expect((await ssh(["true"], { checking: "yes", known: "empty" })).stderr).toContain("Host key verification failed");
    expect(await ssh(["true"])).toMatchObject({ exitCode: 0 });
    expect(await ssh(["true"], { checking: "yes" })).toMatchObject({ exitCode: 0 });
    const [host] = readFileSync(file("known_hosts"), "utf8").split(" ");
    writeSecret("other_hosts", `${host} ${generateSshKeyPair("other").publicKey}\n`);
    const { stderr, exitCode } = await ssh(["true"], { checking: "yes", known: "other_hosts" });
    expect(exitCode).toBe(255);
    expect(stderr).toContain("REMOTE HOST IDENTIFICATION HAS CHANGED");
  });

  it("logs in with the cluster's key, runs a command with its input, and ends with its exit code", async () => {
    const { stdout, stderr, exitCode } = await ssh(["hostname; cat; echo aside >&2; exit 7"], {}, "from here\n");
    expect({ stdout, stderr, exitCode }).toEqual({ stdout: "hn0-client\nfrom here", stderr: "aside", exitCode: 7 });
  });

  it("is refused with another key", async () => {
    const identity = writeSecret("other", generateSshKeyPair("other").privateKey);
    const { stderr, exitCode } = await ssh(["true"], { identity });
    expect({ exitCode, refused: stderr.includes("Permission denied (publickey)") }).toEqual({
      exitCode: 255,
      refused: true,
    });
  });

  it("cannot copy files by SFTP, forward ports or have a terminal, and says so", async () => {
    const { host, port } = endpoint("SSH");
    const target = [...sshOptions(), "-P", String(port), "-b", "-", `sshuser@${host}`];
    const copy = await execa("sftp", target, { input: `put ${file("key")} copied\n`, reject: false });
    expect(copy.exitCode).not.toBe(0);
    expect(copy.stderr).toContain("subsystem request failed");
    expect((await ssh(["ls"])).stdout).toBe("");

    expect((await ssh(["-tt", "true"])).stderr).toContain("PTY allocation request failed");
    const forwarded = await ssh(["-W", "127.0.0.1:22", ""]);
    expect(forwarded.exitCode).not.toBe(0);
    expect(forwarded.stderr).toMatch(/forwarding (failed|disabled|request failed)|prohibited/);
    const noted = unsupportedCalls(twin.home).filter(({ service }) => service === "ssh");
    expect(noted.map(({ call }) => call)).toEqual(["sftp", "pty-req", "direct-tcpip"]);
  });
});

describeWith("programs", missingPrograms("curl"))("curl", {}, () => {
  const curl = (url: string, password = gateway.password) =>
    execa(
      "curl",
      ["-sS", "-w", "\\n%{http_code}", "--cacert", path.join(twinPaths(twin.home).keys, "ca.pem"), "-K", "-", url],
      { input: `user = "${gateway.username}:${password}"`, reject: false },
    );
  const ambari = () => `https://${endpoint("HTTPS").host}:${endpoint("HTTPS").port}`;

  it("reads Ambari with the gateway's login, and is refused with another", async () => {
    const { stdout } = await curl(`${ambari()}/api/v1/clusters/${name}/services/KAFKA`);
    expect(stdout).toMatch(/"state" : ?"STARTED"|"state": "STARTED"/);
    expect(stdout.split("\n").at(-1)).toBe("200");
    expect((await curl(`${ambari()}/api/v1/clusters`, "wrong")).stdout.split("\n").at(-1)).toBe("401");
  });

  it("is told what the twin's Ambari lacks, and the twin keeps its name", async () => {
    const { stdout } = await curl(`${ambari()}/api/v1/clusters/${name}/alerts?fields=canary`);
    expect(stdout).toContain("does not know GET");
    expect(unsupportedCalls(twin.home)).toContainEqual({
      service: "ambari",
      method: "GET",
      call: `/api/v1/clusters/${name}/alerts`,
    });
  });
});

describe("Kafka's own tools", () => {
  const bin = "/usr/hdp/current/kafka-broker/bin";
  const names = [0, 1, 2].map((index) => `wn${index}-${name}:9092`).join(",");
  const addresses = () => {
    const [a, b, c] = endpoint("SSH").host.split(".");
    return [9, 10, 11].map((last) => `${a}.${b}.${c}.${last}:9092`).join(",");
  };

  /** A tool of Kafka's on this machine, which resolves no name of the cluster's network. */
  function tool(mainClass: string, args: string[], input = "") {
    const java = kafkaJava(javaBinary(), classpath("kafka", toolPaths().jars));
    const log4j = writeSecret(
      "log4j.properties",
      "log4j.rootLogger=WARN, stderr\nlog4j.appender.stderr=org.apache.log4j.ConsoleAppender\n" +
        "log4j.appender.stderr.target=System.err\nlog4j.appender.stderr.layout=org.apache.log4j.SimpleLayout\n",
    );
    const options = [...java.options, `-Dlog4j.configuration=file:${log4j}`, "-cp", java.classpath.join(":")];
    return execa(java.executable, [...options, mainClass, ...args], { input, reject: false, timeout: 120_000 });
  }

  it("create a topic, produce and consume on the head node", async () => {
    const created = await ssh([
      `${bin}/kafka-topics.sh --bootstrap-server ${names} --create --topic words --partitions 2 --replication-factor 3`,
    ]);
    expect(created.stdout).toBe("Created topic words.");
    const produced = await ssh(
      [`${bin}/kafka-console-producer.sh --bootstrap-server ${names} --topic words --request-required-acks all`],
      {},
      "one\ntwo\nthree\n",
    );
    expect(produced).toMatchObject({ exitCode: 0, stderr: "" });
    const consumed = await ssh([
      `${bin}/kafka-console-consumer.sh --bootstrap-server ${names} --topic words --from-beginning --max-messages 3`,
    ]);
    expect(consumed.stdout.split("\n").sort()).toEqual(["one", "three", "two"]);
  }, 120_000);

  it("elsewhere are sent to names that they cannot resolve, as on a new cluster of Azure's", async () => {
    const args = ["--bootstrap-server", addresses(), "--topic", "words", "--from-beginning", "--timeout-ms", "3000"];
    const { stdout, stderr } = await tool("kafka.tools.ConsoleConsumer", args);
    expect(stdout).toBe("");
    expect(stderr).toMatch(/Couldn't resolve server|UnknownHostException: wn\d-client\./);
  }, 120_000);

  it("elsewhere produce and consume once the brokers advertise their addresses", async () => {
    const ambari = new AmbariClient({ name, https: endpoint("HTTPS") }, twin.home);
    await ambari.advertiseAddresses();
    expect((await ambari.restartKafka()).Requests.request_status).toBe("COMPLETED");
    const produced = await tool(
      "kafka.tools.ConsoleProducer",
      ["--bootstrap-server", addresses(), "--topic", "words", "--request-required-acks", "all"],
      "four\nfive\n",
    );
    expect(produced.exitCode).toBe(0);
    const args = ["--bootstrap-server", addresses(), "--topic", "words", "--from-beginning", "--max-messages", "5"];
    const { stdout } = await tool("kafka.tools.ConsoleConsumer", args);
    expect(stdout.split("\n").sort()).toEqual(["five", "four", "one", "three", "two"]);
    const described = await tool("kafka.admin.TopicCommand", ["--bootstrap-server", addresses(), "--describe"]);
    expect(described.stdout).toMatch(/Topic: words\s.*PartitionCount: 2\s.*ReplicationFactor: 3/);
  }, 240_000);
});

it("the cluster is deleted by the SDK, and nothing of it answers or is left", async () => {
  await azure.hdinsight.clusters.beginDeleteAndWait(group, name);
  await expect(azure.hdinsight.clusters.get(group, name)).rejects.toMatchObject({ code: "ResourceNotFound" });
  expect((await ssh(["true"])).stderr).toContain("Connection refused");
  expect(existsSync(path.join(twin.home, "clusters", name))).toBe(false);
  await azure.resources.resourceGroups.beginDeleteAndWait(group);
}, 120_000);
