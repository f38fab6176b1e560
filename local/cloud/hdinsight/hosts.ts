import { randomInt } from "node:crypto";
import type { HostRole, KafkaHost } from "../../engines/kafka";
import type { Place } from "../../network/place";
import type { ClusterRecord } from "./spec";

/** A domain as Azure gives every virtual network one: names in it resolve inside that network only. */
export function newDomain(): string {
  const letters = "abcdefghijklmnopqrstuvwxyz0123456789";
  const label = Array.from({ length: 26 }, () => letters[randomInt(letters.length)]).join("");
  return `${label}.bx.internal.cloudapp.net`;
}

/** HDInsight's nodes: `hn0-events`, after the role and the first six letters of the cluster's name. */
export function hostsOf({ spec, domain }: ClusterRecord, place: Place): KafkaHost[] {
  const stem = spec.name.slice(0, 6).toLowerCase();
  const make = (role: HostRole, prefix: string, addresses: string[]): KafkaHost[] =>
    addresses.map((address, index) => ({
      role,
      name: `${prefix}${index}-${stem}.${domain}`,
      address: place.address(address),
    }));
  return [
    ...make("head", "hn", spec.heads),
    ...make("zookeeper", "zk", spec.zookeepers),
    ...make("worker", "wn", spec.workers),
  ];
}
