import * as pulumi from "@pulumi/pulumi";
import type { TopicSpec } from "azure-kafka-spark-streaming";

const streaming = new pulumi.StackReference(new pulumi.Config().require("streamingStack"));

// Whatever else this stack deploys (a web app, a function, a virtual machine) gets the two as settings.
export const bootstrapServers = streaming.requireOutput("bootstrapServers") as pulumi.Output<string>;
export const topic = (streaming.requireOutput("topics") as pulumi.Output<TopicSpec[]>).apply(([first]) => first.name);
