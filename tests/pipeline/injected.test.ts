import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { namespaceSupport } from "../../local/network/namespaces/support";
import { toolPaths } from "../../local/paths";
import type { LocalStack } from "../../local/stack/localStack";
import { runEngine } from "../local/events";
import { TestTwin } from "../local/twin";
import { describeWith } from "../needs";

// With a sink that no other deployment has, whose files `verify` reads.
const injected = { databricksNetwork: "injected", sink: "parquet" };
const names = { ...injected, kafkaAdvertise: "names" };
const support = namespaceSupport(toolPaths());
const impossible = "reason" in support ? support.reason : undefined;

/** A real Kafka and a real Spark, in two networks of the stack's own. */
describe("an injected network", { timeout: 240_000 }, () => {
  describeWith("namespaces", impossible)("in networks that are real", {}, () => {
    let twin: TestTwin;
    let stack: LocalStack;
    beforeAll(async () => {
      twin = await TestTwin.start(74, "namespaces");
    }, 120_000);
    afterAll(() => twin?.stop());

    const up = async (config: Record<string, unknown>) => {
      stack = await twin.stack(config);
      const run = await runEngine(stack, "up");
      expect(run.errors).toBe("");
      return run.touched;
    };
    const verified = async () => {
      const { exitCode, stderr, stdout } = await execa(
        "npx",
        ["tsx", "tools/verify.ts", "--stack", "local", "--json"],
        { env: { STREAMING_TWIN_DIR: twin.home }, reject: false },
      );
      expect(stderr).not.toMatch(/^- /m);
      expect(exitCode).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({ missing: 0, duplicates: 0, topics: [{ inSync: 3 }] });
    };

    it("carries messages to brokers that advertise addresses, through an ordinary peering", async () => {
      await up(injected);
      expect(await stack.outputs()).toMatchObject({
        kafkaBrokers: ["10.74.0.9:9092", "10.74.0.10:9092", "10.74.0.11:9092"],
        peeringState: "Connected",
      });
      await verified();
    });

    it("carries them to names after one more `up`, which replaces neither Kafka nor Spark", async () => {
      const touched = await up(names);
      expect(touched.create).toEqual(
        expect.arrayContaining(["kafka-addresses-names-zone", "kafka-addresses-names-broker-2"]),
      );
      expect(touched["create-replacement"]).toEqual(["kafka-addresses-advertise"]);
      expect(await stack.outputs()).toMatchObject({
        kafkaBrokers: [0, 1, 2].map((index) => `broker-${index}.kafka.internal:9092`),
      });
      await verified();
    });

    it("gives a broker that is added a name, which clients find, and has nothing to do a second time", async () => {
      const grown = { ...names, kafkaWorkers: "4" };
      const touched = await up(grown);
      expect(touched.create).toEqual(["kafka-addresses-names-broker-3"]);
      expect(touched["create-replacement"] ?? []).not.toContain("kafka-cluster");
      expect(await stack.outputs()).toMatchObject({
        kafkaBrokers: [0, 1, 2, 3].map((index) => `broker-${index}.kafka.internal:9092`),
      });
      await verified();
      expect(await up(grown)).toEqual({});
      // It goes where the operator is, from the machine that this runs on.
      const rebalance = await execa("npx", ["tsx", "tools/rebalance.ts", "--stack", "local"], {
        env: { STREAMING_TWIN_DIR: twin.home },
        reject: false,
      });
      expect(rebalance.stdout).toMatch(/^1004 +broker-3\.kafka\.internal +unknown +0 -> \d/m);
      expect(rebalance.exitCode).toBe(0);
    });

    it("leaves nothing when it is destroyed", async () => {
      const { errors, ok } = await runEngine(stack, "destroy");
      expect(errors).toBe("");
      expect(ok).toBe(true);
      expect(await stack.outputs()).toEqual({});
    });
  });

  describe("without networks", () => {
    let twin: TestTwin;
    beforeAll(async () => {
      twin = await TestTwin.start(75);
    }, 120_000);
    afterAll(() => twin?.stop());

    it("has no names: brokers say what they lack as they start, instead of looking for each other for ever", async () => {
      const { ok, errors } = await runEngine(await twin.stack(names), "up");
      expect(ok).toBe(false);
      expect(errors).toContain("ended FAILED");
    });
  });
});
