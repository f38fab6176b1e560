import { columns } from "../table";
import type { Report } from "./run";

/** The report for people: a table of topics, and what flowed, or why that is not known. */
export function toText(report: Report): string {
  const { brokers, topics } = report;
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
    ...(report.notCompared ? runAlone(report) : flow(report)),
  ].join("\n");
}

function flow({ produced, consumed, missing, duplicates, latencyMs }: Report): string[] {
  const ms = (value: number | null) => (value === null ? "unknown" : `${value} ms`);
  return [
    `Produced     ${produced}`,
    `Consumed     ${consumed}`,
    `Missing      ${missing}`,
    `Duplicates   ${duplicates}`,
    `Latency      p50 ${ms(latencyMs.p50)}, p99 ${ms(latencyMs.p99)}`,
  ];
}

function runAlone({ notCompared, consumerRun }: Report): string[] {
  return [
    `Consumer     ${consumerRun ?? "not looked at"}`,
    `Records      not compared: ${notCompared}`,
    "             So nothing is said of records that are missing, or there twice.",
  ];
}
