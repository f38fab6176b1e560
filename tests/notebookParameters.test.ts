import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { consumerParameters, producerParameters } from "../notebooks/parameters";
import type { PipelineSettings } from "../settings";
import { settled } from "./components/recording";

const pipeline: PipelineSettings = {
  topic: "tweets",
  source: "replay",
  rate: 20,
  stopAfter: "never",
  dataset: "/Volumes/main/streaming/data/tweets.jsonl",
  twitter: { query: "#azure", mode: "search", apiUrl: "https://api.x.com", bearerToken: pulumi.secret("canary") },
  startingOffsets: "earliest",
  trigger: "2 seconds",
  storagePath: "/Volumes/main/streaming/pipeline",
  sink: "json",
  window: "1 minute",
  watermark: "1 minute",
  maxOffsetsPerTrigger: "",
};
const kafka = { bootstrapServers: "10.0.0.9:9092", clusterId: "c1" };
const valuesOf = (parameters: Record<string, pulumi.Input<string>>) =>
  settled(pulumi.output(parameters) as pulumi.Output<Record<string, string>>);

describe("the notebooks' parameters", () => {
  it("are text, every one", async () => {
    for (const parameters of [producerParameters(pipeline, kafka, "twitter"), consumerParameters(pipeline, kafka)]) {
      for (const [key, value] of Object.entries(await valuesOf(parameters))) expect(typeof value, key).toBe("string");
    }
  });

  it("name the scope that the credential is in, and never the credential", async () => {
    const parameters = await valuesOf(producerParameters(pipeline, kafka, "twitter"));
    expect(parameters.secretScope).toBe("twitter");
    expect(JSON.stringify(parameters)).not.toContain("canary");
  });

  it("begin anew for another cluster: positions of the old one mean nothing there", async () => {
    const [one, other] = await Promise.all(
      ["c1", "c2"].map((clusterId) => valuesOf(consumerParameters(pipeline, { ...kafka, clusterId }))),
    );
    expect(one.checkpoint).toBe("/Volumes/main/streaming/pipeline/c1/checkpoints/consumer");
    expect(other.checkpoint).not.toBe(one.checkpoint);
    expect(other.output).not.toBe(one.output);
  });

  it.each(["KafkaProducer", "KafkaConsumer"])(
    "of %s are exactly the widgets that the notebook has",
    async (notebook) => {
      const { readFileSync } = await import("node:fs");
      const source = readFileSync(`notebooks/${notebook}.scala`, "utf8");
      const widgets = [...source.matchAll(/widgets\.(?:text|dropdown|combobox)\(\s*"(\w+)"/g)].map((match) => match[1]);
      const parameters =
        notebook === "KafkaProducer"
          ? producerParameters(pipeline, kafka, "twitter")
          : consumerParameters(pipeline, kafka);
      expect(Object.keys(parameters).sort()).toEqual(widgets.sort());
    },
  );
});
