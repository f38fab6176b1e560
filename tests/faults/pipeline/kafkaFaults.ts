import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { checkBrokers } from "../../../tools/stack/kafka";
import { chosen, isFull } from "../record";
import { fillDisk, largestSegment } from "./disk";
import type { Stream } from "./stream";
import { killed, tried } from "./trial";

/** What can happen to the cluster. */
export function kafkaFaults(stream: () => Stream): void {
  const workers = chosen([0, 1, 2], 1);
  const allServe = async () => expect((await checkBrokers(stream().brokers)).misses).toEqual([]);

  it(`go on without a broker that was killed, and with it again (${workers.length} of 3 brokers)`, async () => {
    const { ambari } = stream();
    const hosts = await ambari.hostsOf("KAFKA_BROKER");
    for (const host of workers.map((worker) => hosts[worker] as string)) {
      await tried(stream(), {
        fault: "a broker killed, and started again in Ambari",
        outcome: "the other two carry the stream",
        inject: async () => killed(stream().pidOn(host)),
        mend: () => ambari.startBroker(host),
      });
      await allServe();
    }
  });

  if (!isFull) return;

  it("wait while all brokers are restarted, and go on", async () => {
    await tried(stream(), {
      fault: "all brokers stopped and started in Ambari",
      outcome: "producer and consumer wait, and go on",
      inject: async () => {
        const since = Date.now();
        await stream().ambari.setService("KAFKA", "INSTALLED");
        await stream().ambari.setService("KAFKA", "STARTED");
        return since;
      },
    });
    await allServe();
  });

  it("go on after a power cut: every broker and ZooKeeper server killed at once", async () => {
    const { ambari } = stream();
    const hosts = [...(await ambari.hostsOf("KAFKA_BROKER")), ...(await ambari.hostsOf("ZOOKEEPER_SERVER"))];
    await tried(stream(), {
      fault: "all brokers and ZooKeeper servers killed, then started in Ambari",
      outcome: "producer and consumer wait, and go on",
      inject: async () => {
        const pids = hosts.map((host) => stream().pidOn(host));
        for (const pid of pids) process.kill(pid, "SIGKILL");
        const since = Date.now();
        while (pids.some((pid) => stream().runs(pid))) await sleep(50);
        // Until Ambari, too, has noticed: before, it has nothing to start.
        await sleep(1_000);
        await ambari.setService("ZOOKEEPER", "STARTED");
        await ambari.setService("KAFKA", "STARTED");
        return since;
      },
    });
    await allServe();
  });

  it("go on without a broker whose disk is full, and with it once there is space", async () => {
    const { ambari } = stream();
    const [, host = ""] = await ambari.hostsOf("KAFKA_BROKER");
    await tried(stream(), {
      fault: "the disk of a broker full (RLIMIT_FSIZE)",
      outcome: "the broker ends, the other two carry the stream; it is started again in Ambari",
      inject: async () => {
        const pid = stream().pidOn(host);
        await fillDisk(pid, largestSegment(stream().folderOf(host), "tweets"));
        const since = Date.now();
        while (stream().runs(pid)) await sleep(50);
        return since;
      },
      mend: () => ambari.startBroker(host),
    });
    await allServe();
  });
}
