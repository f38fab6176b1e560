import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { SshServer } from "../../../local/cloud/ssh";
import { silentLog } from "../../../local/log";
import { projectRoot } from "../../../local/paths";
import { generateSshKeyPair } from "../../../local/setup/sshKey";
import { Engine } from "../../local/plugins/support/engine";

// Each test runs several Pulumi commands of a few seconds each.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

const address = { host: "127.7.0.73", port: 2222 };
const key = generateSshKeyPair("user");

/** The component under the real engine, over SSH to a host whose Kafka tools only keep a list of topics. */
describe("topics that are deleted with their component", () => {
  const home = mkdtempSync(path.join(tmpdir(), "topics-engine-"));
  const kafka = path.join(home, "kafka");
  const journal = path.join(kafka, "journal");
  const list = path.join(kafka, "topics");
  let server: SshServer;
  let engine: Engine;

  beforeAll(async () => {
    mkdirSync(path.join(kafka, "bin"), { recursive: true });
    const tool = `#!/bin/bash
shift 2
case $1 in
  --describe) [ ! -s ${list} ] || printf 'Topic: tweets\\tPartitionCount: 4\\tReplicationFactor: 3\\n' ;;
  --delete) echo delete >> ${journal}; rm ${list} ;;
esac
`;
    writeFileSync(path.join(kafka, "bin", "kafka-topics.sh"), tool, { mode: 0o755 });
    const program = `#!/bin/bash\ntr '\\0' ' ' | cut -d' ' -f1 >> ${journal}; echo tweets > ${list}\n`;
    writeFileSync(path.join(kafka, "bin", "kafka-run-class.sh"), program, { mode: 0o755 });
    writeFileSync(path.join(kafka, "bin", "kafka-configs.sh"), "#!/bin/bash\n", { mode: 0o755 });
    server = new SshServer({
      login: { username: "sshuser", publicKeys: [key.publicKey] },
      hostKey: generateSshKeyPair("host").privateKey,
      shell: {
        home,
        environment: { PATH: "/usr/local/bin:/usr/bin:/bin", HOME: home, USER: "sshuser", LANG: "C.UTF-8" },
        paths: { from: "/usr/hdp/current/kafka-broker", to: kafka },
      },
      log: silentLog,
    });
    await server.listen(address.host, address.port);
    engine = await Engine.start(["command"]);
  });
  beforeEach(() => writeFileSync(journal, ""));
  afterAll(async () => {
    engine?.close();
    await server?.close();
    rmSync(home, { recursive: true });
  });

  const deploy = async (clusterId: string) => {
    engine.program(`
      const compilerOptions = { target: "ES2023", module: "Node16", moduleResolution: "Node16" };
      require("ts-node").register({ skipProject: true, transpileOnly: true, compilerOptions });
      const { KafkaTopics } = require(${JSON.stringify(path.join(projectRoot, "components/kafka/topics"))});
      new KafkaTopics("topics", {
        topics: [{ name: "tweets", partitions: 4, replicationFactor: 3 }],
        bootstrapServers: "10.73.0.9:9092",
        clusterId: "${clusterId}",
        ssh: { ...${JSON.stringify(address)}, user: "sshuser", privateKey: pulumi.secret(${JSON.stringify(key.privateKey)}) },
        deleteOnDestroy: true,
      });`);
    const { ok, text } = await engine.up();
    expect(ok, text).toBe(true);
  };
  const calls = () => readFileSync(journal, "utf8").trim().split("\n");

  it("are there after they were made again for another cluster of the same name", async () => {
    await deploy("first");
    expect(calls()).toEqual(["create"]);
    await deploy("second");
    expect(calls()).toEqual(["create", "delete", "create"]);
    expect(existsSync(list)).toBe(true);
  });

  it("go with it", async () => {
    await deploy("second");
    await engine.destroy();
    expect(calls().at(-1)).toBe("delete");
    expect(existsSync(list)).toBe(false);
  });
});
