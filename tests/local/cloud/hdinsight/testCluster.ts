import { randomUUID } from "node:crypto";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Kafka } from "kafkajs";
import { Agent, fetch } from "undici";
import { type ClusterSpec, type KafkaCluster, KafkaClusters } from "../../../../local/cloud/hdinsight";
import { CertificateAuthority } from "../../../../local/cloud/tls";
import { openLog } from "../../../../local/log";
import { toolPaths } from "../../../../local/paths";
import { generateSshKeyPair } from "../../../../local/setup/sshKey";
import { heldOffsets } from "../../../../tools/stack/kafka";
import { processesNaming } from "../../processes";

export const login = { username: "admin", password: "Correct-Horse-42" };
export const sshKey = generateSshKeyPair("test");

/** A twin's home in a temporary folder, with nothing but HDInsight in it. */
export class TestHome {
  readonly home = fs.mkdtempSync(path.join(tmpdir(), "hdinsight-"));

  /** What a supervisor would have; ask again for what a later one would have. */
  async clusters(): Promise<KafkaClusters> {
    const { home } = this;
    const tls = await CertificateAuthority.open(path.join(home, "keys"));
    return new KafkaClusters({ home, tools: toolPaths(), tls, log: openLog(path.join(home, "logs", "twin.log")) });
  }

  /** Ends what is left and removes the home. Throws when processes survive that. */
  async remove(): Promise<void> {
    await (await this.clusters()).close();
    const left = processesNaming(this.home);
    fs.rmSync(this.home, { recursive: true, force: true });
    if (left.length > 0) throw new Error(`Processes were left:\n${left.join("\n")}`);
  }
}

/** A cluster of three brokers at 10.7.0.<first> and up, 8 addresses. */
export function spec(name: string, first: number): ClusterSpec {
  const addresses = (from: number, count: number) =>
    Array.from({ length: count }, (_, index) => `10.7.0.${first + from + index}`);
  return {
    name,
    network: "kafka",
    heads: addresses(0, 2),
    zookeepers: addresses(2, 3),
    workers: addresses(5, 3),
    gateway: login,
    ssh: { username: "sshuser", publicKeys: [sshKey.publicKey] },
    brokerConfig: { "default.replication.factor": "3", "min.insync.replicas": "2", "num.partitions": "2" },
  };
}

/** How many records a topic holds; leaders that are just changing are waited for. */
export async function recordsHeld(kafka: Kafka, topic: string): Promise<number> {
  const admin = kafka.admin();
  await admin.connect();
  const ranges = await heldOffsets(admin, topic).finally(() => admin.disconnect());
  return ranges.reduce((sum, { from, to }) => sum + to - from, 0);
}

export interface Answer {
  status: number;
  // Ambari's answers are looked at in tests, property by property.
  // biome-ignore lint/suspicious/noExplicitAny: see above
  body: any;
}

/** Ambari as its clients see it: HTTPS with the twin's authority, basic authentication. */
export class AmbariClient {
  private readonly agent: Agent;

  constructor(
    private readonly cluster: Pick<KafkaCluster, "name" | "https">,
    home: string,
  ) {
    this.agent = new Agent({ connect: { ca: fs.readFileSync(path.join(home, "keys", "ca.pem"), "utf8") } });
  }

  /** Calls a path below the cluster. */
  async call(method: string, below: string, body?: unknown): Promise<Answer> {
    const { https, name } = this.cluster;
    const response = await fetch(`https://${https.host}:${https.port}/api/v1/clusters/${name}${below}`, {
      method,
      dispatcher: this.agent,
      headers: {
        authorization: `Basic ${Buffer.from(`${login.username}:${login.password}`).toString("base64")}`,
        "x-requested-by": "test",
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    return { status: response.status, body: text ? JSON.parse(text) : undefined };
  }

  async properties(type: string): Promise<Record<string, string>> {
    const { body } = await this.call("GET", "?fields=Clusters/desired_configs");
    const tag = body.Clusters.desired_configs[type].tag;
    return (await this.call("GET", `/configurations?type=${type}&tag=${tag}`)).body.items[0].properties;
  }

  async putProperties(change: Record<string, Record<string, string>>): Promise<Answer> {
    const tag = `version-${randomUUID()}`;
    const desired_config = await Promise.all(
      Object.entries(change).map(async ([type, changed]) => {
        return { type, tag, properties: { ...(await this.properties(type)), ...changed } };
      }),
    );
    return this.call("PUT", "", { Clusters: { desired_config } });
  }

  /** Sends a change of state and waits for its request. Resolves with the request as it ended. */
  async change(below: string, properties: unknown) {
    const { status, body } = await this.call("PUT", below, { RequestInfo: { context: "test" }, Body: properties });
    if (status === 200) return undefined;
    if (status !== 202) throw new Error(`${status} ${JSON.stringify(body)}`);
    return this.finished(body.Requests.id);
  }

  async finished(id: number) {
    for (;;) {
      const { body } = await this.call("GET", `/requests/${id}?fields=Requests,tasks/Tasks`);
      if (!["PENDING", "IN_PROGRESS"].includes(body.Requests.request_status)) return body;
      await sleep(100);
    }
  }

  async restartKafka() {
    await this.change("/services/KAFKA", { ServiceInfo: { state: "INSTALLED" } });
    return this.change("/services/KAFKA", { ServiceInfo: { state: "STARTED" } });
  }

  /** Appended to kafka-env, what makes a broker advertise its address; and the listeners that go with it. */
  async advertiseAddresses(): Promise<Answer> {
    const { content } = await this.properties("kafka-env");
    const lines = [
      "file=/usr/hdp/current/kafka-broker/conf/server.properties",
      `sed -i '/^advertised/d' "$file"`,
      `echo "advertised.listeners=PLAINTEXT://$(hostname -i):9092" >>"$file"`,
    ];
    return this.putProperties({
      "kafka-env": { content: `${content}\n${lines.join("\n")}\n` },
      "kafka-broker": { listeners: "PLAINTEXT://0.0.0.0:9092" },
    });
  }
}
