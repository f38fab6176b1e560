import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { lockHolder } from "../../../local/lock";
import { startSupervisor } from "../../../local/supervise";
import { checkBrokers } from "../../../tools/stack/kafka";
import { chosen } from "../record";
import type { Stream } from "./stream";
import { killed, tried } from "./trial";

/** What happens when the process behind all services dies. */
export function supervisorFaults(stream: () => Stream): void {
  const kills = chosen([1, 2, 3], 1);

  it(`go on when the supervisor is killed and started again (${kills.length} of 3 times)`, async () => {
    const { home } = stream().twin;
    const hosts = await stream().ambari.hostsOf("KAFKA_BROKER");
    for (const _ of kills) {
      const pids = hosts.map((host) => stream().pidOn(host));
      await tried(stream(), {
        fault: "the supervisor killed, and started again",
        outcome: "it finds its brokers and its state, and starts the jobs again",
        inject: async () => {
          const since = killed(Number(lockHolder(home)?.pid));
          while (lockHolder(home)) await sleep(20);
          await startSupervisor(home);
          return since;
        },
      });
      expect(hosts.map((host) => stream().pidOn(host))).toEqual(pids);
      expect((await checkBrokers(stream().brokers)).misses).toEqual([]);
    }
  });
}
