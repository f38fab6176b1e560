import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LocalStack } from "../../local/stack/localStack";
import { killedAtAnswers, killedAtSteps } from "./engine/killed";
import { FaultTwin } from "./faultTwin";
import { clockFaults } from "./pipeline/clockFaults";
import { jobFaults } from "./pipeline/jobFaults";
import { kafkaFaults } from "./pipeline/kafkaFaults";
import { Stream, streamConfig } from "./pipeline/stream";
import { supervisorFaults } from "./pipeline/supervisorFaults";
import { isFull } from "./record";

/*
 * One stack from its first step to its last: deployed by an engine that is killed again and again, hurt while events
 * flow, and destroyed by an engine that is killed again and again.
 */

let twin: FaultTwin;
let stack: LocalStack;

beforeAll(async () => {
  twin = await FaultTwin.start(66);
  stack = await twin.twin.stack(streamConfig);
}, 180_000);
afterAll(() => twin?.stop());

/** Calls that change something: how many there are in all, which the full suite proves. */
const calls = { up: 30, destroy: 20 };
const extent = (change: "up" | "destroy") => (isFull ? "at every one of them" : `at 3 of ${calls[change]}`);

describe("a deployment", { timeout: 1_200_000 }, () => {
  it(`is carried on when the engine is killed after a call, before its answer (${extent("up")})`, async () => {
    const killedAt = await killedAtAnswers(twin, stack, "up");
    expect(killedAt).toHaveLength(isFull ? calls.up : 3);
  });
});

const kinds = isFull ? "all 9 kinds of fault" : "3 of 9 kinds of fault";

describe(`events on their way (${kinds})`, { timeout: 300_000 }, () => {
  let stream: Stream;
  beforeAll(async () => {
    stream = await Stream.of(twin, stack);
  }, 180_000);
  afterAll(() => stream?.close());

  kafkaFaults(() => stream);
  jobFaults(() => stream);
  clockFaults(() => stream);
  supervisorFaults(() => stream);
});

describe("a destruction", { timeout: 1_200_000 }, () => {
  it(`is carried on when the engine is killed after a call, before its answer (${extent("destroy")})`, async () => {
    const killedAt = await killedAtAnswers(twin, stack, "destroy");
    expect(killedAt).toHaveLength(isFull ? calls.destroy : 3);
  });
});

if (isFull) {
  describe("a deployment and a destruction", { timeout: 1_800_000 }, () => {
    it("are carried on when the engine is killed as it begins a step (at every one of them)", async () => {
      const created = await killedAtSteps(twin, stack, "up");
      const deleted = await killedAtSteps(twin, stack, "destroy");
      expect(deleted).toHaveLength(created.length);
    });
  });
}
