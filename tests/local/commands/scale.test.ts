import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { withWorkers } from "../../../local/commands/scale";

it("another number of brokers changes one line of the stack file", () => {
  const text = readFileSync("Pulumi.local.yaml", "utf8");
  const { changed, before } = withWorkers(text, 5);
  expect(before).toBe(3);
  expect(changed).toBe(text.replace("streaming:kafkaWorkers: 3", "streaming:kafkaWorkers: 5"));
});

it("is added where the file leaves the number at its default", () => {
  const { changed, before } = withWorkers("config:\n  streaming:rate: 20 # slow\n", 4);
  expect(before).toBeUndefined();
  expect(changed).toBe("config:\n  streaming:rate: 20 # slow\n  streaming:kafkaWorkers: 4\n");
});
