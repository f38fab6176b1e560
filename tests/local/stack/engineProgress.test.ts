import { describe, expect, it } from "vitest";
import { Lines } from "../../../local/display/lines";
import { EngineProgress } from "../../../local/stack/engineProgress";

const stack = "urn:pulumi:local::streaming::pulumi:pulumi:Stack::streaming-local";
const urnOf = (type: string, name: string) =>
  `urn:pulumi:local::streaming::streaming:kafka:KafkaCluster$${type}::${name}`;
const kafka = { type: "azure-native:hdinsight:Cluster", name: "kafka-cluster" };
const job = { type: "databricks:index/job:Job", name: "consumer-job" };

function step(op: string, { type, name }: typeof kafka, custom = true) {
  const state = { type, urn: urnOf(type, name), custom };
  const [before, after] = op.startsWith("delete") ? [state, null] : [null, state];
  return { metadata: { op, urn: state.urn, type, old: before, new: after } };
}

/** What is shown of these events. */
function shown(...events: object[]) {
  const lines: string[] = [];
  const progress = new EngineProgress(new Lines({ write: (line) => lines.push(line), now: () => 0 }));
  for (const event of events) progress.take(JSON.stringify({ sequence: 0, timestamp: 0, ...event }));
  return { lines, progress };
}

describe("EngineProgress", () => {
  it("shows each resource in the engine's own state, with what its provider says meanwhile", () => {
    const status = { urn: urnOf(kafka.type, kafka.name), message: "InProgress\n", severity: "info", ephemeral: true };
    const { lines, progress } = shown(
      { resourcePreEvent: step("create", kafka) },
      { diagnosticEvent: status },
      { resOutputsEvent: step("create", kafka) },
      { resourcePreEvent: step("update", job) },
      { resOutputsEvent: step("update", job) },
    );
    expect(lines).toEqual([
      "  kafka-cluster: begins",
      "  kafka-cluster: creating hdinsight:Cluster",
      "  kafka-cluster: creating hdinsight:Cluster  InProgress",
      "  kafka-cluster: created  hdinsight:Cluster (0.0 s)",
      "  consumer-job: begins",
      "  consumer-job: updating databricks:Job",
      "  consumer-job: updated  databricks:Job (0.0 s)",
    ]);
    expect(progress.close()).toBe("2 resources changed, 0 unchanged");
  });

  it("leaves out components and what stays as it is, and counts the latter", () => {
    const component = { type: "streaming:kafka:KafkaCluster", name: "kafka" };
    const { lines, progress } = shown(
      { resourcePreEvent: step("create", component, false) },
      { resOutputsEvent: step("create", component, false) },
      { resourcePreEvent: step("same", kafka) },
      { resOutputsEvent: step("same", kafka) },
    );
    expect(lines).toEqual([]);
    expect(progress.close()).toBe("nothing to do: 1 resources are as the program has them");
  });

  it("says when there is nothing at all, as where everything is deleted already", () => {
    expect(shown().progress.close()).toBe("nothing to do: there are no resources");
  });

  it("tells both halves of a replacement, and not the whole a third time", () => {
    const { lines } = shown(
      { resourcePreEvent: step("delete-replaced", kafka) },
      { resOutputsEvent: step("delete-replaced", kafka) },
      { resourcePreEvent: step("replace", kafka) },
      { resOutputsEvent: step("replace", kafka) },
      { resourcePreEvent: step("create-replacement", kafka) },
      { resOutputsEvent: step("create-replacement", kafka) },
    );
    expect(lines.filter((line) => line.endsWith("(0.0 s)"))).toEqual([
      "  kafka-cluster: what was replaced is deleted hdinsight:Cluster (0.0 s)",
      "  kafka-cluster: replacement created hdinsight:Cluster (0.0 s)",
    ]);
  });

  it("collects the engine's reasons once, by resource, without its last word", () => {
    const error = (urn: string, message: string) => ({ diagnosticEvent: { urn, message, severity: "error" } });
    const { lines, progress } = shown(
      { resourcePreEvent: step("create", kafka) },
      { resOpFailedEvent: step("create", kafka) },
      error(urnOf(kafka.type, kafka.name), "QuotaExceeded: 24 cores are needed\n"),
      error(urnOf(kafka.type, kafka.name), "QuotaExceeded: 24 cores are needed\n"),
      error(stack, "update failed\n"),
      error("", "the configuration of stack `local` has a problem"),
    );
    expect(lines.at(-1)).toBe("  kafka-cluster: failed: failed while creating");
    expect(progress.errors).toEqual([
      "kafka-cluster: QuotaExceeded: 24 cores are needed",
      "the configuration of stack `local` has a problem",
    ]);
  });

  it("says of what an engine left unfinished that it did, and shows what is no event", () => {
    const { lines, progress } = shown({ resourcePreEvent: step("create", kafka) });
    progress.take("panic: runtime error");
    progress.take("");
    progress.close();
    expect(lines.slice(2)).toEqual([
      "  panic: runtime error",
      "  kafka-cluster: failed: creating, when the engine ended",
    ]);
  });

  it("names a policy that stops the deployment", () => {
    const policyEvent = {
      policyName: "no-public-brokers",
      message: "Brokers are public.",
      enforcementLevel: "mandatory",
    };
    expect(shown({ policyEvent }).progress.errors).toEqual(["no-public-brokers: Brokers are public."]);
  });
});
