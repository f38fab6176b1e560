import { describe, expect, it } from "vitest";
import { topicChanges } from "../../../components/kafka/topicChanges/compiled";
import { cannotCompile, classIn, compileTopicChanges } from "../../../tools/topicChanges/compile";
import { describeWith } from "../../needs";

describe("the program that changes topics", () => {
  it("is a class that Java 8 runs, the oldest that Kafka 3.2 runs on", () => {
    const bytes = classIn(topicChanges);
    expect(bytes.readUInt32BE(0)).toBe(0xcafebabe);
    // Versions of class files: https://docs.oracle.com/javase/specs/jvms/se17/html/jvms-4.html
    expect(bytes.readUInt16BE(6)).toBe(52);
  });
});

describeWith("programs", cannotCompile())("its source, compiled", { timeout: 120_000 }, () => {
  it("is what the script carries, byte for byte (else: npx tsx tools/topicChanges.ts)", () => {
    expect(compileTopicChanges().equals(classIn(topicChanges))).toBe(true);
  });
});
