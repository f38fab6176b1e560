import { allocateAddresses } from "../../local/cloud/addresses";
import { portsOf } from "../../local/cloud/hdinsight/ports";
import { checkPorts, type HostRole, type PortUse } from "../../local/engines/kafka";
import { machine } from "../../local/network/loopback";
import type { CheckedValues } from "../../settings/check";
import { type Finding, ok, problem, unknown } from "./finding";

const subject = "Ports";

/**
 * What the nodes of the local Kafka cluster listen at in loopback mode, in the order in which they get their addresses;
 * none where the configuration does not say how many there are and where.
 */
export function nodePorts({ kafkaSubnetPrefix, kafkaWorkers }: Partial<CheckedValues>): PortUse[] {
  if (!kafkaSubnetPrefix || !kafkaWorkers) return [];
  const nodes: [HostRole, string][] = [
    ["head", "hn0"],
    ["head", "hn1"],
    ...[0, 1, 2].map((number): [HostRole, string] => ["zookeeper", `zk${number}`]),
    ...Array.from({ length: kafkaWorkers }, (_, number): [HostRole, string] => ["worker", `wn${number}`]),
  ];
  const addresses = allocateAddresses(kafkaSubnetPrefix, nodes.length).map(machine.address);
  const ports = portsOf(machine.gateway(undefined, ""));
  return nodes.flatMap(([role, name], index) =>
    name === "hn1"
      ? []
      : ports[role].map((port) => ({ address: addresses[index] as string, port, what: `node ${name}` })),
  );
}

/** Whether the nodes can listen at these ports: each that is taken, with what to do. */
export async function portsFinding(ports: readonly PortUse[]): Promise<Finding> {
  if (ports.length === 0) return unknown(subject, "which ones are needed follows from the configuration, see below");
  const reasons = await Promise.all(
    ports.map((port) =>
      checkPorts([port]).then(
        () => [],
        (error: Error) => [`${error.message}.`],
      ),
    ),
  );
  const taken = reasons.flat();
  if (taken.length > 0) return problem(subject, taken.join("\n"));
  const numbers = [...new Set(ports.map(({ port }) => port))].join(", ");
  return ok(subject, `${numbers} of the nodes' addresses are free`);
}
