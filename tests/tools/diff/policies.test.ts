import { expect, it } from "vitest";
import type { EngineEvent } from "../../../tools/diff/events";
import { isForbidden } from "../../../tools/diff/policies";

const finding = (enforcementLevel: "advisory" | "mandatory") =>
  ({ policyEvent: { policyName: "tags", enforcementLevel, message: "has no tags" } }) as EngineEvent;
const error = (message: string) => ({ diagnosticEvent: { message, severity: "error" } }) as EngineEvent;

it.each([
  ["a policy that has to be kept", [finding("mandatory"), error("preview failed\n")], true],
  ["a policy that only advises", [finding("advisory")], false],
  ["a policy, and a program that throws", [finding("mandatory"), error("TypeError: no such thing")], false],
  ["a program that throws", [error("TypeError: no such thing"), error("preview failed")], false],
])("policies alone stop it: %s", (_what, events, answer) => {
  expect(isForbidden(events)).toBe(answer);
});
