import { ensemblePorts, type HostRole, zooKeeperPort } from "../../engines/kafka";

/** The ports that nodes listen at, by role. Of the head nodes the first one alone does: Ambari and SSH are there. */
export function portsOf({ ambari, ssh }: { ambari: number; ssh: number }): Record<HostRole, number[]> {
  return { head: [ambari, ssh], zookeeper: [zooKeeperPort, ...ensemblePorts], worker: [9092] };
}
