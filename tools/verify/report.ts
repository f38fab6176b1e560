import { columns } from "../table";
import type { Report } from "./run";

/** The report for people: a table of topics, and what flowed. */
export function toText(report: Report): string {
  const { brokers, topics, produced, consumed, missing, duplicates, latencyMs } = report;
  const ms = (value: number | null) => (value === null ? "unknown" : `${value} ms`);
  return [
    `Brokers      ${brokers.length > 0 ? brokers.join(", ") : "none answers"}`,
    "",
    columns([
      ["Topic", "Partitions", "Replicas", "Min in sync", "In sync"],
      ...topics.map((topic) => [
        topic.name,
        String(topic.partitions),
        String(topic.replicationFactor),
        String(topic.minInSyncReplicas),
        String(topic.inSync),
      ]),
    ]),
    "",
    `Produced     ${produced}`,
    `Consumed     ${consumed}`,
    `Missing      ${missing}`,
    `Duplicates   ${duplicates}`,
    `Latency      p50 ${ms(latencyMs.p50)}, p99 ${ms(latencyMs.p99)}`,
  ].join("\n");
}
