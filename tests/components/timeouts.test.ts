import { describe, expect, it } from "vitest";
import { KafkaClusterLogs } from "../../components";
import { followMinutes, timeoutOf } from "../../components/arm/limits";
import { KafkaCluster } from "../../components/kafka/cluster";
import { args, record } from "./kafka/support";
import { plain } from "./recording";

describe("the engine's time-out of a script that calls Azure", () => {
  it("is longer than all that its calls may take together, so that the script's own words are read", async () => {
    expect([1, 2, 3].map((calls) => Number.parseInt(timeoutOf(calls), 10) > calls * followMinutes)).not.toContain(
      false,
    );

    const recording = record();
    const scriptActions = [{ name: "tools", uri: "https://example.com/1.sh", roles: ["headnode" as const] }];
    new KafkaCluster("kafka", { ...args, scriptActions });
    new KafkaClusterLogs("logs", { resourceId: "/cluster", clusterId: "11f0-22", workspaceId: "/workspace" });
    await recording.finished();
    const timeouts = recording.resources
      .filter(({ inputs }) => "HDINSIGHT_CLUSTER_ID" in ((plain(inputs.environment) as object | undefined) ?? {}))
      .map(({ name, options }) => [name, options.createTimeout]);
    // A script of these that is new says here how many calls it follows.
    expect(Object.fromEntries(timeouts)).toEqual({
      "kafka-live-apply": timeoutOf(3),
      "kafka-scripts-tools": timeoutOf(3),
      "logs-agent": timeoutOf(2),
    });
  });
});
