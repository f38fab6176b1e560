import type * as pulumi from "@pulumi/pulumi";
import type { PipelineSettings } from "../settings";

/** Values of the widgets of `KafkaProducer.scala`. Widgets take text only. */
export function producerParameters(
  pipeline: PipelineSettings,
  brokers: pulumi.Input<string>,
  secretScope: pulumi.Input<string>,
): Record<string, pulumi.Input<string>> {
  return {
    brokers,
    topic: pipeline.topic,
    source: pipeline.source,
    rate: String(pipeline.rate),
    stopAfter: pipeline.stopAfter,
    dataset: pipeline.dataset,
    query: pipeline.twitter.query,
    mode: pipeline.twitter.mode,
    apiUrl: pipeline.twitter.apiUrl,
    secretScope,
    checkpoint: `${pipeline.storagePath}/checkpoints/producer`,
  };
}

/** Values of the widgets of `KafkaConsumer.scala`. */
export function consumerParameters(
  pipeline: PipelineSettings,
  brokers: pulumi.Input<string>,
): Record<string, pulumi.Input<string>> {
  return {
    brokers,
    topic: pipeline.topic,
    startingOffsets: pipeline.startingOffsets,
    trigger: pipeline.trigger,
    checkpoint: `${pipeline.storagePath}/checkpoints/consumer`,
    sink: pipeline.sink,
    output: `${pipeline.storagePath}/output`,
    window: pipeline.window,
    watermark: pipeline.watermark,
    maxOffsetsPerTrigger: pipeline.maxOffsetsPerTrigger,
  };
}
