import type { CheckedValues } from "../../settings/check";

/** Head nodes and ZooKeeper nodes of an HDInsight Kafka cluster. */
const heads = 2;
const zookeepers = 3;

/** Cores of a VM size: the first number in its name (learn.microsoft.com/azure/virtual-machines/vm-naming-conventions). */
export function coresOf(size: string): number | undefined {
  const cores = /^Standard_[A-Z]+(\d+)/i.exec(size)?.[1];
  return cores === undefined ? undefined : Number(cores);
}

/**
 * The family whose quota a VM size counts against, as Azure's usages name it: `Standard_D4ds_v5` is `standardDDSv5Family`.
 * Azure compares names without their case.
 */
export function familyOf(size: string): string | undefined {
  const [, letters, features, version] = /^Standard_([A-Z]+)\d+(?:-\d+)?([a-z]*)(?:_(v\d+))?$/i.exec(size) ?? [];
  if (letters === undefined) return undefined;
  return `standard${letters}${(features ?? "").toUpperCase()}${version ?? ""}Family`;
}

/** Cores that the Kafka cluster takes of HDInsight's quota; undefined when a size does not say its cores. */
export function kafkaCores(values: Partial<CheckedValues>): number | undefined {
  const { kafkaHeadSize, kafkaZookeeperSize, kafkaWorkerSize, kafkaWorkers } = values;
  const sizes = [kafkaHeadSize, kafkaZookeeperSize, kafkaWorkerSize].map((size) => size && coresOf(size));
  const [head, zookeeper, worker] = sizes;
  if (!head || !zookeeper || !worker || !kafkaWorkers) return undefined;
  return heads * head + zookeepers * zookeeper + kafkaWorkers * worker;
}

/** Cores that Spark takes of its family's quota: a cluster for each of the two jobs, and the interactive one. */
export function sparkCores(values: Partial<CheckedValues>): number | undefined {
  const { sparkNodeType, sparkWorkers, sparkInteractiveCluster } = values;
  const cores = sparkNodeType && coresOf(sparkNodeType);
  if (!cores || !sparkWorkers) return undefined;
  const clusters = sparkInteractiveCluster === "false" ? 2 : 3;
  return clusters * (1 + sparkWorkers) * cores;
}
