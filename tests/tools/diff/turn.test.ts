import { once } from "node:events";
import * as path from "node:path";
import { execa } from "execa";
import { expect, it } from "vitest";
import { inTurn } from "../../../tools/diff/turn";

const [block, other] = ["127.87.1", "127.88.1"];

it("lets one at a time have the addresses of a block, and others those of another", async () => {
  const order: string[] = [];
  let end = () => {};
  const first = inTurn(block, async () => {
    order.push("first begins");
    await new Promise<void>((resolve) => {
      end = resolve;
    });
    order.push("first ends");
  });
  await expect.poll(() => order).toEqual(["first begins"]);
  const second = inTurn(block, async () => void order.push("second"));
  await inTurn(other, async () => void order.push("elsewhere"));
  await expect(inTurn(block, async () => void order.push("never"), 300)).rejects.toThrow(/127\.87\.1\.0\/24/);
  end();
  await Promise.all([first, second]);
  expect(order).toEqual(["first begins", "elsewhere", "first ends", "second"]);
});

it("gives the addresses back when the work fails", async () => {
  await expect(inTurn(block, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(await inTurn(block, async () => "done", 0)).toBe("done");
});

it("gives the addresses back when the process that has them is killed", async () => {
  const module = JSON.stringify(path.resolve(__dirname, "../../../tools/diff/turn.ts"));
  const work = "() => new Promise(() => { console.log('mine'); setInterval(() => undefined, 1000); })";
  const script = `require(${module}).inTurn("${block}", ${work})`;
  const holder = execa(process.execPath, ["--import", "tsx", "-e", script], { reject: false });
  await once(holder.stdout, "data");
  await expect(inTurn(block, async () => "early", 0)).rejects.toThrow("cannot be shared");
  holder.kill("SIGKILL");
  expect(await inTurn(block, async () => "done", 10_000)).toBe("done");
  await holder;
});
