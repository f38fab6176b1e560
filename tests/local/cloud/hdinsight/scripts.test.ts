import * as fs from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { KafkaClusters } from "../../../../local/cloud/hdinsight";
import { ScriptUnavailable } from "../../../../local/cloud/hdinsight/scripts";
import { CertificateAuthority } from "../../../../local/cloud/tls";
import { NoKafka } from "../../../../local/engines/none/kafka";
import { silentLog } from "../../../../local/log";
import { toolPaths } from "../../../../local/paths";
import { processesNaming } from "../../processes";
import { ScriptServer } from "./scriptServer";
import { spec } from "./testCluster";

/** Script actions on nodes that have folders and addresses, and nothing that runs. */
describe("a script action", () => {
  const home = fs.mkdtempSync(path.join(tmpdir(), "scripts-"));
  let server: ScriptServer;
  let clusters: KafkaClusters;

  beforeAll(async () => {
    const tls = await CertificateAuthority.open(path.join(home, "keys"));
    server = await ScriptServer.start(tls);
    const makeEngine = (options: ConstructorParameters<typeof NoKafka>[0]) => new NoKafka(options);
    clusters = new KafkaClusters({ home, tools: toolPaths(), tls, log: silentLog, makeEngine });
    const made = spec("script", 0);
    const moved = (addresses: string[]) => addresses.map((address) => address.replace("10.7.", "10.85."));
    await clusters.create({
      ...made,
      heads: moved(made.heads),
      zookeepers: moved(made.zookeepers),
      workers: moved(made.workers),
    });
  });
  afterEach(() => expect(processesNaming(home)).toEqual([]));
  afterAll(async () => {
    await clusters.close();
    await server.stop();
    fs.rmSync(home, { recursive: true, force: true });
  });

  const run = (text: string, more: { parameters?: string; roles?: string[]; only?: string[] } = {}) =>
    clusters.runScript("script", { uri: server.serve(text), parameters: "", roles: ["headnode"], ...more });
  /** Can be found among the processes of this machine. */
  const sleeping = `(exec -a "${home}" sleep 600)`;
  const short = (host: string) => host.split(".")[0];

  it("runs on every node of its roles, in the node's own folder, with its arguments", async () => {
    const text = 'pwd\necho "$# $1"\ndirname /usr/hdp/current/kafka-broker/bin\n';
    const outcomes = await run(text, { roles: ["headnode", "workernode"], parameters: "'a  b' c" });
    expect(outcomes.map(({ host }) => short(host))).toEqual(
      ["hn0", "hn1", "wn0", "wn1", "wn2"].map((n) => `${n}-script`),
    );
    for (const { host, exitCode, stdout, stderr } of outcomes) {
      const folder = path.join(home, "clusters", "script", short(host));
      expect(stdout).toBe(`${folder}\n2 a  b\n${folder}/kafka-broker\n`);
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    }
  });

  it("runs on the given nodes alone", async () => {
    const outcomes = await run("true", { roles: ["workernode"], only: ["10.85.0.6"] });
    expect(outcomes.map(({ host }) => short(host))).toEqual(["wn1-script"]);
  });

  it("ends with its exit code and what it wrote on both streams", async () => {
    const [{ exitCode, stdout, stderr }] = await run("echo out; echo aside >&2; exit 7");
    expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 7, stdout: "out\n", stderr: "aside\n" });
  });

  it("ends what it left in the background, and leaves neither its text nor its arguments behind", async () => {
    const [{ exitCode, stdout }] = await run(`${sleeping} & env`, { parameters: "Canary-Argument" });
    expect(exitCode).toBe(0);
    expect(stdout).toContain("HOME=");
    expect(stdout).not.toContain("Canary-Argument");
    const node = path.join(home, "clusters", "script", "hn0-script");
    expect(fs.readdirSync(node, { recursive: true }).filter((file) => String(file).includes("script-"))).toEqual([]);
  });

  it("is not run when it cannot be had, and a signature in its address is not said", async () => {
    const gone = clusters.runScript("script", {
      uri: `${server.url}/gone.sh?sig=Canary`,
      parameters: "",
      roles: ["headnode"],
    });
    const error = await gone.catch((reason: Error) => reason);
    expect(error).toBeInstanceOf(ScriptUnavailable);
    expect((error as Error).message).toMatch(
      /cannot be accessed Uri : https:.*\/gone\.sh ErrorMessage : it was answered with 404/,
    );
    expect((error as Error).message).not.toContain("Canary");
    const nowhere = clusters.runScript("script", {
      uri: "https://127.85.0.250:4433/x.sh",
      parameters: "",
      roles: ["headnode"],
    });
    await expect(nowhere).rejects.toThrow(/ECONNREFUSED/);
  });

  it("is ended with the cluster", async () => {
    const ran = run(`echo begun > begun; ${sleeping}; exit 0`);
    const begun = path.join(home, "clusters", "script", "hn0-script", "begun");
    await expect.poll(() => fs.existsSync(begun), { timeout: 10_000 }).toBe(true);
    await clusters.close();
    expect((await ran)[0].exitCode).toBe(137);
  });
});
