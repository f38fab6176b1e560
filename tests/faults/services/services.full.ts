import { afterAll, beforeAll, describe, it } from "vitest";
import type { LocalStack } from "../../../local/stack/localStack";
import { FaultTwin } from "../faultTwin";
import { passingErrors, unnoticed } from "./answers";
import { failures } from "./failures";

/* Services that fail during a whole deployment. The short suite has them fail during a refresh, in lifecycle.test.ts. */

const octet = 68;
let twin: FaultTwin;
let stack: LocalStack;

beforeAll(async () => {
  twin = await FaultTwin.start(octet);
  stack = await twin.twin.stack();
}, 180_000);
afterAll(() => twin?.stop());

describe("a deployment that a service refuses to go on with", { timeout: 300_000 }, () => {
  failures(() => ({ twin, stack, octet }));
});

describe("services that fail for a moment, at every call of a deployment", { timeout: 300_000 }, () => {
  it.each(passingErrors)("are asked again: $what", (error) => unnoticed(twin, stack, [error], ["up", "destroy"]));
});
