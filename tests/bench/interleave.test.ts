import { expect, it } from "vitest";
import { interleave } from "../../bench/measure/interleave";

it("takes samples in turns, to and fro, after one of each that does not count", async () => {
  const order: string[] = [];
  const subject = (name: string) => async () => ({ turn: order.push(name) });
  const found = await interleave({ a: subject("a"), b: subject("b") }, 3);
  expect(order.join("")).toBe("ab ab ba ab".replaceAll(" ", ""));
  expect(found).toEqual({ a: { turn: [3, 6, 7] }, b: { turn: [4, 5, 8] } });
});
