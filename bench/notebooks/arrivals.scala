// Databricks notebook source
// MAGIC %md
// MAGIC # What became of the records of a topic
// MAGIC Compares a topic of events with the one that a stream wrote. An event's latency is from its `sentAt` to the time at which
// MAGIC its record was handed to Kafka. Those of the first `warmUp` seconds are not in the latencies: the JVMs still compile.

// COMMAND ----------

Seq("brokers", "topic", "output", "warmUp").foreach(name => dbutils.widgets.text(name, ""))

import org.apache.spark.sql.functions._

val widget = (name: String) => dbutils.widgets.get(name)
def records(topic: String) = spark.read.format("kafka").option("kafka.bootstrap.servers", widget("brokers"))
  .option("subscribe", topic).option("includeHeaders", "true").load()

// KafkaConsumer says in a header which records are events; a stream that only hands on writes nothing else.
val isEvent = col("headers").isNull ||
  exists(col("headers"), header => header("key") === "result" && header("value").cast("string") === "events")
val value = col("value").cast("string")
val arrived = records(widget("output")).where(isEvent).select(
  get_json_object(value, "$.id").as("id"),
  to_timestamp(get_json_object(value, "$.sentAt")).as("sentAt"), col("timestamp"))

// COMMAND ----------

val sent = records(widget("topic")).count()
val Array(ids) = arrived.agg(count("*").as("all"), countDistinct("id").as("distinct")).collect()
val begin = arrived.agg(min("sentAt")).head.getTimestamp(0)
val late = arrived.where(col("sentAt") > lit(begin) + expr(s"INTERVAL ${widget("warmUp")} SECONDS"))
  .select((col("timestamp").cast("double") - col("sentAt").cast("double")).multiply(1000).as("ms"))
val latencies = late.agg(expr("percentile(ms, 0.5)"), expr("percentile(ms, 0.99)")).head
dbutils.notebook.exit(s"""{"sent": $sent, "arrived": ${ids.getLong(0)}, "distinct": ${ids.getLong(1)},
  "p50": ${latencies.getDouble(0)}, "p99": ${latencies.getDouble(1)}}""")
