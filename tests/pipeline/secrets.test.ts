import { readFileSync } from "node:fs";
import * as path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CertificateAuthority } from "../../local/cloud/tls";
import { toolPaths, twinPaths } from "../../local/paths";
import { loadKeys } from "../../local/setup/keys";
import { generateSshKeyPair } from "../../local/setup/sshKey";
import { writeConfiguration } from "../../local/stack/configuration";
import { keys } from "../../settings/keys";
import { ScriptServer } from "../local/cloud/hdinsight/scriptServer";
import { ControlPlaneStack } from "../local/controlPlaneStack";
import { runEngine } from "../local/events";
import { type Canary, CommandLines, canary, found, pemCanary, unique } from "../security/canaries";
import { filesHolding, openToOthers } from "../security/files";

/** A value of its own for every secret of the configuration; a new secret without one fails the first test. */
const pair = generateSshKeyPair("canary");
const plant: Record<string, () => Canary> = {
  gatewayPassword: () => canary(`Canary-${unique()}-1`, ["admin"]),
  sshPrivateKey: () => pemCanary(pair.privateKey),
  twitterBearerToken: () => canary(`canary-${unique()}`),
};
const secretKeys = Object.entries(keys).flatMap(([name, key]) => ("secret" in key && key.secret ? [name] : []));

/** Everything that happens to a stack, with a canary in every secret, by the real engine against the control plane. */
describe("the secrets of a stack", { timeout: 240_000 }, () => {
  let stack: ControlPlaneStack;
  let server: ScriptServer;
  let canaries: Record<string, Canary>;
  const config = {
    kafkaAddressSpace: "10.81.0.0/16",
    kafkaSubnetPrefix: "10.81.0.0/24",
    sshPublicKey: pair.publicKey,
    source: "twitter",
  };

  beforeAll(async () => {
    stack = await ControlPlaneStack.start({ runsScripts: true });
    stack.config = config;
    canaries = Object.fromEntries(secretKeys.map((name) => [name, plant[name]?.() ?? canary(unique())]));
    // Makes the stack, and the file that its secrets are in.
    await writeConfiguration(stack.home, toolPaths());
    for (const [name, { value }] of Object.entries(canaries)) await set(name, value);
    // No key is secret here, but what is in it may be: arguments, and an address that a signature opens.
    server = await ScriptServer.start(await CertificateAuthority.open(twinPaths(stack.home).keys));
    canaries.scriptParameters = canary(`canary-${unique()}`);
    canaries.scriptSignature = canary(unique());
    await setScript("true");
    const { passphrase, azure, databricksToken } = await loadKeys(stack.home);
    Object.assign(canaries, {
      passphrase: canary(passphrase),
      clientSecret: canary(azure.clientSecret, [azure.clientId]),
      databricksToken: canary(databricksToken, ["token"]),
    });
  }, 240_000);
  afterAll(async () => {
    await stack?.stop();
    await server?.stop();
  });

  /** The one script action of the stack: what it does, and with which values its secret parts are set. */
  const setScript = async (text: string, { scriptParameters, scriptSignature } = canaries) => {
    const script = {
      name: "tools",
      uri: server.serve(text, `tools.sh?sig=${scriptSignature.value}`),
      roles: "headnode",
      parameters: `--token ${scriptParameters.value}`,
    };
    await setAt("kafkaScriptActions[0].name", script.name, []);
    await setAt("kafkaScriptActions[0].uri", script.uri);
    await setAt("kafkaScriptActions[0].roles[0]", script.roles, []);
    await setAt("kafkaScriptActions[0].parameters", script.parameters);
  };
  const setAt = (path: string, input: string, how = ["--secret"]) => set(path, input, [...how, "--path"]);
  const set = (name: string, input: string, how = ["--secret"]) => {
    const file = path.join(stack.home, "stack", "Pulumi.local.yaml");
    return stack.pulumi(["config", "set", ...how, `streaming:${name}`, "--config-file", file], { input });
  };
  const storageKeys = () => {
    const text = readFileSync(path.join(stack.home, "arm", "resources.json"), "utf8");
    return Object.fromEntries(
      [...text.matchAll(/"value":\s*"([\w+/]{86}==)"/g)].map(([, key], index) => [`storageKey${index}`, canary(key)]),
    );
  };
  /** Runs the engine, and expects no trace of any secret in its events or in the command line of any process. */
  const quietly = async (operation: "preview" | "up" | "refresh" | "destroy", args: string[] = []) => {
    const processes = new CommandLines();
    const run = await runEngine(stack, operation, args);
    const lines = processes.stop();
    expect(run.errors).toBe("");
    expect(run.ok).toBe(true);
    expect(found(run.text, canaries)).toEqual([]);
    expect(lines.flatMap((line) => found(line, canaries).map((name) => `${name} in ${line}`))).toEqual([]);
    return { ...run, lines };
  };
  /** Files with a trace of a secret, those aside that hold the twin's own keys. */
  const holders = () => {
    const traces = Object.entries(canaries).flatMap(([name, { traces }]) => traces.map((trace) => [name, trace]));
    const files = [...new Set(traces.map(([name]) => name))].flatMap((name) =>
      traces
        .filter(([one]) => one === name)
        .flatMap(([, trace]) => filesHolding(stack.home, { [name as string]: trace as string })),
    );
    return [...new Set(files)].filter((file) => !file.startsWith("keys/")).sort();
  };

  it("are all known to this test, and no key is a secret by its name alone", () => {
    expect(Object.keys(plant).sort()).toEqual([...secretKeys].sort());
    const named = Object.keys(keys).filter((name) => /password|token|secret|privatekey/i.test(name));
    expect(named.filter((name) => !secretKeys.includes(name))).toEqual([]);
  });

  it("are in no preview, with or without details, nor in the engine's own log", async () => {
    await quietly("preview");
    await quietly("preview", ["--diff"]);
    const logged = await stack.run("preview", ["--verbose=3", "--logtostderr", "--logflow"], { stdio: "pipe" });
    // The log is there.
    expect(String(logged.stderr)).toContain("RegisterResource RPC");
    expect(String(logged.stderr).length).toBeGreaterThan(10_000);
    expect(found(`${logged.stdout}${logged.stderr}`, canaries)).toEqual([]);
  });

  it("are in no event and no command line of a deployment", async () => {
    const { lines } = await quietly("up");
    // The programs that get secrets were among the processes that were looked at.
    for (const program of ["advertiseIps", "nodeAddresses", "awaitWorkspace", "scriptAction", "resource-command-v"]) {
      expect(lines.some((line) => line.includes(program))).toBe(true);
    }
  });

  it("are neither in the state nor in the outputs, and encrypted ones are there", async () => {
    // The account has keys, as every account; with an identity for the cluster nobody asks for them.
    Object.assign(canaries, storageKeys());
    expect(Object.keys(canaries)).toContain("storageKey0");
    const { stdout: exported } = await stack.pulumi(["stack", "export"]);
    expect(String(exported)).toContain('"ciphertext"');
    expect(found(String(exported), canaries)).toEqual([]);
    const { stdout: outputs } = await stack.pulumi(["stack", "output", "--json", "--show-secrets"]);
    expect(found(String(outputs), canaries)).toEqual([]);
    const { stdout: history } = await stack.pulumi(["stack", "history", "--json"]);
    expect(found(String(history), canaries)).toEqual([]);
    // That a trace would be found: shown on demand, they are.
    const { stdout: shown } = await stack.pulumi(["stack", "export", "--show-secrets"]);
    expect(found(String(shown), canaries)).toEqual(
      expect.arrayContaining([
        "gatewayPassword: 0",
        "twitterBearerToken: 0",
        "sshPrivateKey: 0",
        "scriptParameters: 0",
        "scriptSignature: 0",
      ]),
    );
  });

  it("are in those files of the twin alone whose services have to know them, and no other user may read these", () => {
    const at = holders().map((file) => file.replace(/databricks\/\d+/, "databricks/ID"));
    expect(at).toEqual([
      // HDInsight shows a script action to whoever may read the cluster.
      "arm/resources.json: gatewayPassword",
      "arm/resources.json: scriptParameters",
      "arm/resources.json: scriptSignature",
      "arm/resources.json: storageKey0",
      "arm/resources.json: storageKey1",
      "clusters/clusters.json: gatewayPassword",
      "databricks/ID/secrets.json: twitterBearerToken",
    ]);
    expect(openToOthers(stack.home)).toEqual([]);
  });

  it("are not shown when they change, neither the old ones nor the new", async () => {
    const next = {
      gatewayPassword: canary(`Changed-${unique()}-1`, ["admin"]),
      twitterBearerToken: canary(`changed-${unique()}`),
    };
    for (const [name, { value }] of Object.entries(next)) {
      await set(name, value);
      canaries[`changed ${name}`] = next[name as keyof typeof next];
    }
    const { touched } = await quietly("preview");
    expect(Object.values(touched).flat()).toEqual(expect.arrayContaining(["kafka-live-apply", "twitter-bearer-token"]));
    await quietly("preview", ["--diff"]);
    await set("gatewayPassword", canaries.gatewayPassword.value);
  });

  it("are changed in place: the token in its scope, and the one job that has read it is started anew", async () => {
    const { touched } = await quietly("up");
    expect([...new Set(Object.values(touched).flat())]).toEqual(["twitter-bearer-token", "producer-job"]);
    expect(touched.update).toEqual(["producer-job"]);
    expect((await quietly("up")).touched).toEqual({});
    expect(holders().filter((file) => file.endsWith("changed twitterBearerToken"))).toHaveLength(1);
    expect(holders().filter((file) => file.endsWith(": twitterBearerToken"))).toEqual([]);
  });

  it("are changed on the running cluster: the gateway's password, which Ambari is then asked with", async () => {
    await set("gatewayPassword", canaries["changed gatewayPassword"].value);
    const { touched } = await quietly("up");
    expect(touched).toEqual({
      update: ["kafka-live-apply", "kafka-addresses-advertise", "kafka-addresses-read"],
    });
    expect((await quietly("up")).touched).toEqual({});
    expect(holders().filter((file) => file.endsWith(": gatewayPassword"))).toEqual([]);
  });

  it("are not shown by a script action that fails, though the script writes what it was given", async () => {
    canaries["changed scriptParameters"] = canary(`changed-${unique()}`);
    canaries["changed scriptSignature"] = canary(unique());
    const [scriptParameters, scriptSignature] = [
      canaries["changed scriptParameters"],
      canaries["changed scriptSignature"],
    ];
    await setScript('echo "given $*"; exit 1', { scriptParameters, scriptSignature });
    const failed = await runEngine(stack, "up");
    expect(failed.ok).toBe(false);
    expect(failed.errors).toContain("given [secret]");
    expect(found(`${failed.text}${failed.errors}`, canaries)).toEqual([]);
    await setScript("true");
    // What failed is not on the nodes in full, nor is what was there before it.
    expect((await quietly("up")).touched["create-replacement"]).toEqual(["kafka-scripts-tools"]);
    expect((await quietly("up")).touched).toEqual({});
  });

  it("are not in what a refresh shows", async () => {
    await quietly("refresh");
    await quietly("preview", ["--refresh", "--diff"]);
  });

  it("are encrypted in the state too where they are Azure's own: the key of the cluster's storage", async () => {
    stack.config = { ...config, kafkaStorageAccess: "key" };
    const { stdout, stderr } = await stack.run("up", ["--diff"], { stdio: "pipe" });
    expect(found(`${stdout}${stderr}`, canaries)).toEqual([]);
    const { stdout: exported } = await stack.pulumi(["stack", "export"]);
    expect(found(String(exported), canaries)).toEqual([]);
    const { stdout: shown } = await stack.pulumi(["stack", "export", "--show-secrets"]);
    expect(found(String(shown), canaries)).toContain("storageKey0: 0");
    expect(holders().filter((file) => file.includes("storageKey") && !file.startsWith("arm/resources.json"))).toEqual(
      [],
    );
    stack.config = config;
    await quietly("up");
  });

  it("are gone with the stack", async () => {
    await quietly("destroy");
    expect(holders()).toEqual([]);
    expect(openToOthers(stack.home)).toEqual([]);
  });
});
