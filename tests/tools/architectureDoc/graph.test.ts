import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { type GraphNode, graphOf, overview, withoutDetours } from "../../../tools/architectureDoc/graph";
import { mermaid } from "../../../tools/architectureDoc/mermaid";

const urn = (types: string, name: string) => `urn:pulumi:dev::streaming::${types}::${name}`;
const stack = urn("pulumi:pulumi:Stack", "streaming-dev");
const kafka = urn("streaming:kafka:KafkaCluster", "kafka");
const group = urn("azure-native:resources:ResourceGroup", "streaming");
const vnet = urn("streaming:kafka:KafkaCluster$azure-native:network:VirtualNetwork", "kafka-vnet");
const cluster = urn("streaming:kafka:KafkaCluster$azure-native:hdinsight:Cluster", "kafka-cluster");
const provider = urn("pulumi:providers:azure-native", "default");
const workspaces = urn("pulumi:providers:databricks", "workspaces");
const job = urn("databricks:index/job:Job", "consumer-job");

function resource(of: string, type: string, parent?: string, dependencies?: string[], provider?: string) {
  return { urn: of, type, parent, dependencies, provider };
}

const graph = graphOf({
  deployment: {
    resources: [
      resource(stack, "pulumi:pulumi:Stack"),
      resource(provider, "pulumi:providers:azure-native", stack),
      resource(workspaces, "pulumi:providers:databricks", stack, [vnet]),
      resource(group, "azure-native:resources:ResourceGroup", stack, [provider]),
      resource(kafka, "streaming:kafka:KafkaCluster", stack),
      resource(vnet, "azure-native:network:VirtualNetwork", kafka, [group]),
      resource(cluster, "azure-native:hdinsight:Cluster", kafka, [vnet, group, vnet]),
      resource(job, "databricks:index/job:Job", stack, [cluster], `${workspaces}::a-uuid`),
    ],
  },
});

describe("graphOf", () => {
  it("has every resource by name, with its component and what it waited for, and what its provider waited for", () => {
    expect(graph).toEqual([
      { name: "consumer-job", type: "databricks:index/job:Job", waitsFor: ["kafka-cluster", "kafka-vnet"] },
      { name: "kafka", type: "streaming:kafka:KafkaCluster", waitsFor: [] },
      {
        name: "kafka-cluster",
        type: "azure-native:hdinsight:Cluster",
        parent: "kafka",
        waitsFor: ["kafka-vnet", "streaming"],
      },
      { name: "kafka-vnet", type: "azure-native:network:VirtualNetwork", parent: "kafka", waitsFor: ["streaming"] },
      { name: "streaming", type: "azure-native:resources:ResourceGroup", waitsFor: [] },
    ]);
  });
});

describe("overview", () => {
  it("lets components wait for what something in them waits for", () => {
    expect(overview(graph).map(({ name, waitsFor }) => [name, waitsFor])).toEqual([
      ["consumer-job", ["kafka"]],
      ["kafka", ["streaming"]],
      ["streaming", []],
    ]);
  });
});

describe("withoutDetours", () => {
  it("keeps the last step of each way, and every node", () => {
    const node = (name: string, ...waitsFor: string[]): GraphNode => ({ name, type: "t", waitsFor });
    const reduced = withoutDetours([node("a"), node("b", "a"), node("c", "a", "b"), node("d", "a", "c")]);
    expect(reduced.map(({ waitsFor }) => waitsFor)).toEqual([[], ["a"], ["b"], ["c"]]);
  });
});

describe("mermaid", () => {
  it("draws components around their resources, with names that Mermaid does not take for its own", () => {
    expect(mermaid(withoutDetours(graph)).split("\n")).toEqual([
      "```mermaid",
      "flowchart LR",
      '  n_consumer_job["consumer-job<br/><small>databricks:Job</small>"]',
      '  subgraph n_kafka["kafka<br/><small>KafkaCluster</small>"]',
      '    n_kafka_cluster["kafka-cluster<br/><small>hdinsight:Cluster</small>"]',
      '    n_kafka_vnet["kafka-vnet<br/><small>network:VirtualNetwork</small>"]',
      "  end",
      '  n_streaming["streaming<br/><small>resources:ResourceGroup</small>"]',
      "  n_kafka_cluster --> n_consumer_job",
      "  n_kafka_vnet --> n_kafka_cluster",
      "  n_streaming --> n_kafka_vnet",
      "```",
    ]);
  });
});

describe("npm run docs:architecture", () => {
  it("would change nothing: docs/architecture.md is drawn from the graph that was recorded last", async () => {
    const { exitCode, stderr } = await execa("npx", ["tsx", "tools/architectureDoc.ts", "--check"], { reject: false });
    expect(stderr).toBe("");
    expect(exitCode).toBe(0);
  });
});
