import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { namespaceSupport } from "../../local/network/namespaces/support";
import { toolPaths } from "../../local/paths";
import type { LocalStack } from "../../local/stack/localStack";
import { runEngine } from "../local/events";
import { networkNamespaces } from "../local/processes";
import { TestTwin } from "../local/twin";

const support = namespaceSupport(toolPaths());
const impossible = "reason" in support ? support.reason : undefined;

/** The same program with networks that are real: each in a namespace, the engine as the operator in another one. */
describe.skipIf(impossible)(
  `networks that are real${impossible ? ` (not here: ${impossible})` : ""}`,
  { timeout: 300_000 },
  () => {
    let twin: TestTwin;
    let stack: LocalStack;
    let outputs: Record<string, unknown>;
    let before: string[];
    beforeAll(async () => {
      before = networkNamespaces();
      twin = await TestTwin.start(0, "namespaces");
      stack = await twin.stack();
    });
    afterAll(async () => {
      await twin?.stop();
      expect(networkNamespaces()).toEqual(before);
    });

    it("are deployed by `up`, with addresses of the networks in the outputs", async () => {
      const up = await runEngine(stack, "up");
      expect(up.errors).toBe("");
      outputs = await stack.outputs();
      expect(outputs).toMatchObject({
        kafkaBrokers: ["10.0.0.9:9092", "10.0.0.10:9092", "10.0.0.11:9092"],
        zookeeperNodes: ["10.0.0.6:2181", "10.0.0.7:2181", "10.0.0.8:2181"],
        kafkaDashboardUrl: "https://203.0.113.11",
        sshEndpoint: "203.0.113.11:22",
        peeringState: "Connected",
      });
    });
  },
);
