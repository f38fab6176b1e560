/** What a Databricks runtime key says, such as `16.4.x-scala2.12`. */
export interface Runtime {
  scala: "2.12" | "2.13";
  /** Spark's version in that runtime. */
  spark: string;
}

/**
 * Spark versions of the long-term runtimes that are supported, with the build of spark-streaming-kafka that goes with
 * each. Databricks 15.4 to 16.4 carry Spark 3.5.0 and 3.5.2, whose clients are compatible within 3.5; the build named
 * here is one that is published for that Scala version.
 * Source: Databricks' runtime release notes.
 */
const sparkOfRuntime: Record<string, { spark: string; kafkaConnector: string }> = {
  "14.3": { spark: "3.5", kafkaConnector: "3.5.3" },
  "15.4": { spark: "3.5", kafkaConnector: "3.5.3" },
  "16.4": { spark: "3.5", kafkaConnector: "3.5.3" },
  "17.3": { spark: "4.0", kafkaConnector: "4.0.0" },
  "18": { spark: "4.1", kafkaConnector: "4.1.2" },
};

/** Reads a runtime key. Throws when the key is malformed or names a runtime whose libraries are not known here. */
export function runtimeOf(sparkVersion: string): Runtime & { kafkaConnector: string } {
  const match = /^(\d+(?:\.\d+)?)\.x-.*scala(2\.1[23])$/.exec(sparkVersion);
  const known = match && sparkOfRuntime[match[1]];
  if (!match || !known) {
    throw new Error(
      `\`sparkVersion\` is \`${sparkVersion}\`, and needs to be a supported long-term Databricks runtime such as 16.4.x-scala2.12 (known: ${Object.keys(sparkOfRuntime).join(", ")}).`,
    );
  }
  return { scala: match[2] as Runtime["scala"], ...known };
}

/**
 * Maven coordinates that the notebooks need on a runtime: Kafka's and Twitter's Spark Streaming connectors at builds
 * for the runtime's Scala version, and the client of the present X API, which is plain Java.
 *
 * A connector for another Scala version would be skipped by Databricks without an error, so none is ever named.
 * spark-streaming-twitter was published for Scala 2.11 and 2.12 only; on 2.13 the X client does its work alone.
 */
export function librariesFor(sparkVersion: string): string[] {
  const { scala, kafkaConnector } = runtimeOf(sparkVersion);
  return [
    `org.apache.spark:spark-streaming-kafka-0-10_${scala}:${kafkaConnector}`,
    ...(scala === "2.12" ? ["org.apache.bahir:spark-streaming-twitter_2.12:2.4.0"] : []),
    "com.twitter:twitter-api-java-sdk:2.0.3",
  ];
}
