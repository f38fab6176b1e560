/** What a Databricks runtime key says, such as `16.4.x-scala2.12`. */
export interface Runtime {
  scala: "2.12" | "2.13";
  /** Version of `spark-streaming-kafka-0-10` that is published for this Scala and works with the runtime's Spark. */
  kafkaConnector: string;
}

/**
 * The long-term runtimes that are supported. Their Spark is 3.5.0 (14.3, 15.4), 3.5.2 (16.4), 4.0.0 (17.3) and 4.1.0
 * (18); a connector's patch version need not be the same, and each one here is known to be published. 16.4 alone comes
 * with either Scala.
 * Sources: Databricks' runtime release notes; Maven Central and its index Scaladex (`spark-streaming-kafka-0-10`).
 */
const runtimes: Readonly<Record<string, Runtime>> = {
  "14.3.x-scala2.12": { scala: "2.12", kafkaConnector: "3.5.3" },
  "15.4.x-scala2.12": { scala: "2.12", kafkaConnector: "3.5.3" },
  "16.4.x-scala2.12": { scala: "2.12", kafkaConnector: "3.5.3" },
  "16.4.x-scala2.13": { scala: "2.13", kafkaConnector: "3.5.1" },
  "17.3.x-scala2.13": { scala: "2.13", kafkaConnector: "4.0.3" },
  "18.x-scala2.13": { scala: "2.13", kafkaConnector: "4.1.2" },
};

/** Keys of the runtimes whose libraries are known here. */
export const runtimeKeys: readonly string[] = Object.keys(runtimes);

/**
 * Reads a runtime key; variants such as `16.4.x-photon-scala2.12` are the same here. Throws when there is no such
 * runtime, or its libraries are not known.
 */
function runtimeOf(sparkVersion: string): Runtime {
  const known = runtimes[sparkVersion.replace(/\.x-(?:[a-z]+-)+scala/, ".x-scala")];
  if (known) return known;
  throw new Error(
    `\`sparkVersion\` is \`${sparkVersion}\`, and needs to be a supported long-term Databricks runtime: ${runtimeKeys.join(", ")}.`,
  );
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
