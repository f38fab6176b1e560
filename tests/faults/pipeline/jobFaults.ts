import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { chosen, isFull } from "../record";
import { midBatch, uncommitted, writtenFiles } from "./batches";
import { fillDisk } from "./disk";
import type { Stream } from "./stream";
import { killed, tried } from "./trial";

/** More would take minutes: the job service waits twice as long before each restart of a job that fails. */
const thrice = [1, 2, 3];

/** What can happen to the notebooks' processes. */
export function jobFaults(stream: () => Stream): void {
  const batches = chosen(thrice, 1);

  it(`are in the sink once when the consumer is killed in a batch (${batches.length} of 3 times)`, async () => {
    let torn = 0;
    for (const _ of batches) {
      const pid = await stream().pidOf("consumer");
      const { duplicated } = await tried(stream(), {
        fault: "the consumer killed in the middle of a batch",
        outcome: "its job starts it again",
        inject: async () => {
          await midBatch(stream().sink);
          const since = killed(pid);
          torn += uncommitted(stream().sink, writtenFiles(stream().sink)).length;
          return since;
        },
      });
      expect(duplicated).toBe(0);
    }
    expect(torn).toBeGreaterThan(0);
  });

  if (!isFull) return;

  it("are all sent when the producer is killed (3 times)", async () => {
    for (const _ of thrice) {
      const pid = await stream().pidOf("producer");
      await tried(stream(), {
        fault: "the producer killed",
        outcome: "its job starts it again",
        inject: async () => killed(pid),
      });
    }
  });

  it("are in the sink once when the consumer's disk is full", async () => {
    const pid = await stream().pidOf("consumer");
    const { duplicated } = await tried(stream(), {
      fault: "the disk of the consumer full (RLIMIT_FSIZE)",
      outcome: "its run fails and its job starts it again",
      inject: async () => {
        await fillDisk(pid, 256);
        const since = Date.now();
        while (stream().runs(pid)) await sleep(50);
        return since;
      },
    });
    expect(duplicated).toBe(0);
  });
}
