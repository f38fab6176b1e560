import { expect, it } from "vitest";
import { describeWith } from "../needs";

describeWith("programs", "it is too far")("the moon", {}, () => {
  it("is there", () => expect(true).toBe(true));
});
