import * as pulumi from "@pulumi/pulumi";
import type { PipelineSettings } from "../settings";

/** What the parameters take from the Kafka cluster. */
export interface KafkaStream {
  bootstrapServers: pulumi.Input<string>;
  clusterId: pulumi.Input<string>;
}

/**
 * Positions in a topic mean nothing in another cluster, even one of the same name: a stream that went on from the old
 * ones would skip or lose events without a word. So each cluster has a folder of its own, and a new one starts anew.
 */
const folder = (pipeline: PipelineSettings, kafka: KafkaStream) =>
  pulumi.interpolate`${pipeline.storagePath}/${kafka.clusterId}`;

/** Values of the widgets of `KafkaProducer.scala`. Widgets take text only. */
export function producerParameters(
  pipeline: PipelineSettings,
  kafka: KafkaStream,
  secretScope: pulumi.Input<string>,
): Record<string, pulumi.Input<string>> {
  return {
    brokers: kafka.bootstrapServers,
    topic: pipeline.topic,
    source: pipeline.source,
    rate: String(pipeline.rate),
    stopAfter: pipeline.stopAfter,
    dataset: pipeline.dataset,
    query: pipeline.twitter.query,
    mode: pipeline.twitter.mode,
    apiUrl: pipeline.twitter.apiUrl,
    secretScope,
    checkpoint: pulumi.interpolate`${folder(pipeline, kafka)}/checkpoints/producer`,
  };
}

/** Values of the widgets of `KafkaConsumer.scala`. */
export function consumerParameters(
  pipeline: PipelineSettings,
  kafka: KafkaStream,
): Record<string, pulumi.Input<string>> {
  return {
    brokers: kafka.bootstrapServers,
    topic: pipeline.topic,
    startingOffsets: pipeline.startingOffsets,
    trigger: pipeline.trigger,
    checkpoint: pulumi.interpolate`${folder(pipeline, kafka)}/checkpoints/consumer`,
    sink: pipeline.sink,
    output: pulumi.interpolate`${folder(pipeline, kafka)}/output`,
    window: pipeline.window,
    watermark: pipeline.watermark,
    maxOffsetsPerTrigger: pipeline.maxOffsetsPerTrigger,
  };
}
