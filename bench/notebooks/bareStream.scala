// Databricks notebook source
// MAGIC %md
// MAGIC # The least that a stream can do
// MAGIC Takes the records of a Kafka topic as they are, and hands them on: to nowhere (`sink` noop), or to another topic. With
// MAGIC `parse` it reads the JSON in them as well, as whoever has to know what is in an event.

// COMMAND ----------

Seq("brokers", "topic", "trigger", "sink", "checkpoint", "parse").foreach(name => dbutils.widgets.text(name, ""))

import org.apache.spark.sql.streaming.Trigger

val widget = (name: String) => dbutils.widgets.get(name)
val bounded = widget("trigger") == "availableNow"
val records = spark.readStream.format("kafka").option("kafka.bootstrap.servers", widget("brokers"))
  .option("subscribe", widget("topic")).option("startingOffsets", "earliest").load()
val columns = "id STRING, text STRING, hashtags ARRAY<STRING>, sentAt TIMESTAMP, rating DOUBLE"
val handedOn =
  if (widget("parse") == "true") records.selectExpr(s"from_json(CAST(value AS STRING), '$columns') AS event")
  else records.selectExpr("key", "value")
val query = handedOn.writeStream
  .format(widget("sink").takeWhile(_ != ':')).option("kafka.bootstrap.servers", widget("brokers"))
  .option("topic", widget("sink").stripPrefix("kafka:")).option("checkpointLocation", widget("checkpoint"))
  .trigger(if (bounded) Trigger.AvailableNow() else Trigger.ProcessingTime(widget("trigger")))
  .start()
query.awaitTermination()

// COMMAND ----------

val batches = query.recentProgress
val took = batches.map(_.durationMs.get("triggerExecution").longValue).sum
dbutils.notebook.exit(s"""{"rows": ${batches.map(_.numInputRows).sum}, "ms": $took}""")
