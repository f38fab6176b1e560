import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LocalStack } from "../../local/stack/localStack";
import { killedAtAnswers } from "./engine/killed";
import { FaultTwin } from "./faultTwin";
import { clockFaults } from "./pipeline/clockFaults";
import { jobFaults } from "./pipeline/jobFaults";
import { kafkaFaults } from "./pipeline/kafkaFaults";
import { Stream, streamConfig } from "./pipeline/stream";
import { supervisorFaults } from "./pipeline/supervisorFaults";
import { isFull } from "./record";
import { passingErrors, unnoticed } from "./services/answers";

/*
 * One stack from its first step to its last: deployed by an engine that is killed again and again, hurt while events
 * flow, and destroyed by an engine that is killed again and again.
 */

const octet = 66;
let twin: FaultTwin;
let stack: LocalStack;

beforeAll(async () => {
  twin = await FaultTwin.start(octet);
  stack = await twin.twin.stack(streamConfig);
}, 180_000);
afterAll(() => twin?.stop());

/** How many calls change something: at least so many, which the full suite proves. */
const calls = { up: 20, destroy: 10 };
/** How many of them the short form is killed at. A destruction goes on in the services, and may be over after two. */
const few = { up: 3, destroy: 2 };
const extent = (change: "up" | "destroy") =>
  isFull ? "at every one of them" : `at ${few[change]} or more of at least ${calls[change]}`;

describe("a deployment", { timeout: 2_400_000 }, () => {
  it(`is carried on when the engine is killed after a call, before its answer (${extent("up")})`, async () => {
    const killedAt = await killedAtAnswers(twin, stack, "up");
    expect(killedAt.length).toBeGreaterThanOrEqual(isFull ? calls.up : few.up);
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

/** Those that a refresh can meet; the others answer changes. */
const atReads = passingErrors.filter(({ method }) => method === ".*");

describe("services that fail for a moment, at every call of a refresh", () => {
  it(`are asked again: ${atReads.map(({ what }) => what).join(", then ")}`, { timeout: 180_000 }, () =>
    unnoticed(twin, stack, atReads, ["refresh"]),
  );
});

describe("a destruction", { timeout: 2_400_000 }, () => {
  it(`is carried on when the engine is killed after a call, before its answer (${extent("destroy")})`, async () => {
    const killedAt = await killedAtAnswers(twin, stack, "destroy");
    expect(killedAt.length).toBeGreaterThanOrEqual(isFull ? calls.destroy : few.destroy);
  });
});
