import { keyName, type Problem, setCommand, show } from "./problems";

/**
 * Data disks that a VM size takes, by its number of cores, in the series that HDInsight offers: D and E of v3 to v5,
 * and Av2 (learn.microsoft.com/azure/virtual-machines/sizes). From four cores on it is never fewer than the eight that
 * HDInsight gives a node.
 *
 * @returns undefined for a size of another series
 */
export function mostDisks(size: string): number | undefined {
  const [, cores] = /^Standard_(?:[DE](\d+)(?:-\d+)?[a-z]*_v[3-5]|A(\d+)m?_v2)$/i.exec(size)?.filter(Boolean) ?? [];
  return cores === undefined ? undefined : Number(cores) * 2;
}

/** What brokers' sizes and disks must be to each other: Azure would find out when it makes the nodes, after minutes. */
export function nodeProblems(values: { kafkaWorkerSize?: string; kafkaDisksPerWorker?: number }): Problem[] {
  const { kafkaWorkerSize: size, kafkaDisksPerWorker: disks } = values;
  const most = size && mostDisks(size);
  if (!most || disks === undefined || disks <= most) return [];
  return [
    {
      key: keyName("kafkaDisksPerWorker"),
      got: show(disks),
      needs: `at most ${most}, which is what \`streaming:kafkaWorkerSize\` (${size}) takes`,
      fix: [setCommand("kafkaDisksPerWorker", String(most))],
    },
  ];
}
