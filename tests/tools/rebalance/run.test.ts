import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { rebalance } from "../../../tools/rebalance/run";

/**
 * The tool's scripts run in a real bash, against stand-ins that print what Kafka's tools print and write down how they
 * were called. `tests/pipeline/kafkaOperations.test.ts` runs them against the real ones.
 */
describe("a rebalance", () => {
  let folder: string;
  const file = (name: string) => path.join(folder, name);
  const plan = () => file(".kafka-rebalance/plan.json");
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "rebalance-"));
    mkdirSync(file("bin"));
    writeFileSync(
      file("brokers"),
      [1, 2].map((n) => `10.0.0.${n}:9092 (id: 100${n} rack: null) -> (\n  Produce(0)\n)`).join("\n"),
    );
    writeFileSync(file("topics"), described(["1001", "1001"]));
    writeFileSync(file("throttles"), "");
    writeFileSync(file("calls"), "");
    tool("kafka-broker-api-versions", "cat brokers");
    tool("kafka-topics", "cat topics");
    tool("kafka-configs", "cat throttles");
    tool("kafka-leader-election", 'echo "elect $(cat "$6")" >> calls');
    verifying("echo 'Reassignment of partition tweets-1 is complete.'; cp topics.after topics");
    writeFileSync(file("topics.after"), described(["1002", "1001"]));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const tool = (name: string, script: string) =>
    writeFileSync(file(`bin/${name}.sh`), `#!/bin/bash\ncd ${folder}\n${script}\n`, { mode: 0o755 });
  /** What the tool that reassigns does when it is asked how far it is. */
  const verifying = (script: string) =>
    tool(
      "kafka-reassign-partitions",
      `echo "\${@:3:3} $(cat .kafka-rebalance/plan.json)" >> calls; case $3 in --verify) ${script} ;; esac`,
    );
  const described = (holders: string[], inSync = holders) =>
    `Topic: tweets\tTopicId: x\tPartitionCount: 2\tReplicationFactor: 1\tConfigs: \n${holders
      .map(
        (id, index) => `\tTopic: tweets\tPartition: ${index}\tLeader: ${id}\tReplicas: ${id}\tIsr: ${inSync[index]}\n`,
      )
      .join("")}`;

  async function run(apply: boolean, more: { brokers?: string[]; racks?: Record<number, string> } = {}) {
    const said: string[] = [];
    const progress: string[] = [];
    const node = {
      run: async (script: string) => {
        const local = script.replaceAll("/usr/hdp/current/kafka-broker/bin", file("bin"));
        const { status, stdout, stderr } = spawnSync("bash", ["-s"], {
          input: local,
          encoding: "utf8",
          env: { ...process.env, HOME: folder },
        });
        if (status !== 0) throw new Error(stderr);
        return stdout;
      },
    };
    const options = {
      brokers: ["10.0.0.1:9092", "10.0.0.2:9092"],
      racks: {},
      throttle: 5_000_000,
      interval: 0,
      ...more,
    };
    await rebalance(node, {
      ...options,
      apply,
      say: (line) => said.push(line),
      progress: (line) => progress.push(line),
    });
    return { said: said.join("\n"), progress, calls: readFileSync(file("calls"), "utf8").split("\n").filter(Boolean) };
  }

  const moved = '{"version":1,"partitions":[{"topic":"tweets","partition":0,"replicas":[1002]}]}';

  it("is only printed unless it is to be applied", async () => {
    const { said, calls } = await run(false);
    expect(calls).toEqual([]);
    expect(said).toMatch(
      /^Broker +Host +Rack +Copies +Leaders\n1001 +10\.0\.0\.1 +unknown +2 -> 1 +2 -> 1\n1002 +10\.0\.0\.2/,
    );
    expect(said).toMatch(/^tweets +0 +1001 +1002$/m);
    expect(said).toContain("1 copies are made; 1 partitions change.");
    expect(said).toContain("that takes --apply");
  });

  it("is carried out with a throttle, waited for, and ended with the leaders that were planned", async () => {
    verifying(
      "if [ -f once ]; then cp topics.after topics; echo 'Reassignment of partition tweets-0 is complete.'; else touch once; echo 'Reassignment of partition tweets-0 is still in progress.'; fi",
    );
    const { said, progress, calls } = await run(true);
    expect(calls).toEqual([
      `--execute --throttle 5000000 ${moved}`,
      `--verify --reassignment-json-file ${plan()} ${moved}`,
      `--verify --reassignment-json-file ${plan()} ${moved}`,
      'elect {"partitions":[{"topic":"tweets","partition":0}]}',
    ]);
    expect(progress).toContain("1 of 1 partitions are being copied");
    expect(said).toContain("All partitions are where they were to be");
    expect(existsSync(plan())).toBe(false);
  });

  it("that was cut short is named, and carried on before another is planned", async () => {
    mkdirSync(path.dirname(plan()));
    writeFileSync(plan(), moved);
    await expect(run(false)).rejects.toThrow(
      "A rebalance of 1 partitions was begun and not seen to its end. Run this with --apply",
    );
    const { said, calls } = await run(true);
    expect(calls.filter((call) => call.startsWith("--execute"))).toEqual([]);
    expect(calls.at(-1)).toMatch(/^elect /);
    expect(said).toContain("Nothing is to be moved.");
  });

  it("that Kafka gives up fails with its words, and is forgotten", async () => {
    const words = "There is no active reassignment of partition tweets-0, but replica set is 1001 rather than 1002.";
    verifying(`echo '${words}'`);
    await expect(run(true)).rejects.toThrow(words);
    expect(existsSync(plan())).toBe(false);
  });

  it("that Kafka refuses leaves no plan behind", async () => {
    tool(
      "kafka-reassign-partitions",
      "echo 'Cannot execute because there is an existing partition assignment.' >&2; exit 1",
    );
    await expect(run(true)).rejects.toThrow("existing partition assignment");
    expect(existsSync(plan())).toBe(false);
  });

  it("fails when a partition is elsewhere in the end, or a throttle stays", async () => {
    writeFileSync(file("topics.after"), described(["1001", "1001"]));
    await expect(run(true)).rejects.toThrow("tweets-0 are not where they were to be");
    writeFileSync(file("topics.after"), described(["1002", "1001"]));
    writeFileSync(file("throttles"), "  leader.replication.throttled.rate=5000000");
    await expect(run(true)).rejects.toThrow("brokers are still throttled");
  });

  it("is not begun while copies lag behind", async () => {
    writeFileSync(file("topics"), described(["1001", "1001"], ["", "1001"]));
    await expect(run(true)).rejects.toThrow("Copies of tweets-0 are not in sync");
    expect(readFileSync(file("calls"), "utf8")).toBe("");
  });

  it("is not planned while a broker is away", async () => {
    await expect(run(false, { brokers: ["10.0.0.1:9092", "10.0.0.2:9092", "10.0.0.3:9092"] })).rejects.toThrow(
      "2 brokers are up, and the stack has 3",
    );
  });

  it("takes racks from the brokers, or by hand for each of them", async () => {
    writeFileSync(
      file("brokers"),
      "10.0.0.1:9092 (id: 1001 rack: east isFenced: false) -> (\n10.0.0.2:9092 (id: 1002 rack: west) -> (\n",
    );
    expect((await run(false)).said).toMatch(/1001 +10\.0\.0\.1 +east .*\n1002 +10\.0\.0\.2 +west/);
    expect((await run(false, { racks: { 1001: "0", 1002: "1" } })).said).toMatch(/^1002 +10\.0\.0\.2 +1 /m);
    await expect(run(false, { racks: { 1001: "0" } })).rejects.toThrow(
      "`--racks` has brokers 1001, and there are 1001, 1002",
    );
  });
});
