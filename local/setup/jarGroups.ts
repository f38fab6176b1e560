/** What one group of jars is resolved from. The resolved closure, with hashes, is `jars.lock.json`. */
export interface JarGroup {
  /** Maven coordinates, `group:artifact:version`. */
  roots: string[];
  /** `group:artifact` never taken, with all that only it needs. */
  excludes?: string[];
  /** Group whose jars are on the class path already, and are therefore left out. */
  providedBy?: string;
}

/** Scala and Spark of the Databricks runtime that the local stack stands in for. */
const spark = "3.5.3";

/** Libraries that jobs may name, by the coordinate that they name. What is not here cannot be installed offline. */
const libraries = [
  `org.apache.spark:spark-streaming-kafka-0-10_2.12:${spark}`,
  "org.apache.bahir:spark-streaming-twitter_2.12:2.4.0",
  "com.twitter:twitter-api-java-sdk:2.0.3",
];

/** Every group by name. A library's group is named by its coordinate. Run `npm run lock:jars` after a change. */
export const jarGroups: Record<string, JarGroup> = {
  kafka: {
    // Kafka 3.2 is what HDInsight 5.1 runs. The jar brings no logging back end of its own; reload4j is Kafka's.
    roots: [
      "org.apache.kafka:kafka_2.13:3.2.0",
      "org.apache.kafka:kafka-tools:3.2.0", // kafka-producer-perf-test.sh
      "org.slf4j:slf4j-reload4j:1.7.36",
    ],
    // Web servers of Trogdor, Kafka's test framework, which is part of the tools.
    excludes: [
      "org.apache.kafka:kafka-log4j-appender",
      "org.eclipse.jetty:*",
      "org.glassfish.jersey.containers:*",
      "org.glassfish.jersey.inject:*",
      "com.fasterxml.jackson.jaxrs:*",
      "javax.ws.rs:*",
    ],
  },
  spark: {
    roots: [
      `org.apache.spark:spark-repl_2.12:${spark}`,
      `org.apache.spark:spark-sql_2.12:${spark}`,
      // Came with mllib, and a Databricks runtime has it: DStream libraries such as Bahir's expect it to be there.
      `org.apache.spark:spark-streaming_2.12:${spark}`,
      `org.apache.spark:spark-sql-kafka-0-10_2.12:${spark}`,
      "com.databricks:dbutils-api_2.12:0.0.5",
      "io.delta:delta-spark_2.12:3.3.2",
    ],
    // 35 MB that neither streaming nor the REPL touches.
    excludes: ["org.apache.spark:spark-mllib_2.12"],
  },
  ...Object.fromEntries(libraries.map((coordinate) => [coordinate, { roots: [coordinate], providedBy: "spark" }])),
};
