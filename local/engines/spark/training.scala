// Databricks notebook source
// MAGIC %md
// MAGIC Run once at set-up: the classes that this notebook makes Spark load go into the class-data archive from which
// MAGIC every later run starts. It therefore does a little of all that streaming notebooks do.

// COMMAND ----------

import java.util.Properties
import org.apache.kafka.clients.consumer.KafkaConsumer
import org.apache.kafka.clients.producer.{KafkaProducer, ProducerRecord}
import org.apache.kafka.common.serialization.{StringDeserializer, StringSerializer}
import org.apache.spark.sql.functions._
import org.apache.spark.sql.streaming.{StreamingQueryListener, Trigger}
import org.apache.spark.sql.types._

dbutils.widgets.text("folder", "/Volumes/main/training/set-up", "Folder")
val folder = dbutils.widgets.get("folder")
val schema = new StructType().add("id", StringType).add("tags", ArrayType(StringType)).add("at", TimestampType)
dbutils.fs.put(s"$folder/lines.jsonl", "{\"id\":\"1\"}\n{\"id\":\"2\"}\n", overwrite = true)
display(spark.read.text(s"$folder/lines.jsonl").as[String].toLocalIterator.next)
display(spark.read.schema(schema).json(s"$folder/lines.jsonl"))

// COMMAND ----------

class Progress extends StreamingQueryListener {
  override def onQueryStarted(event: StreamingQueryListener.QueryStartedEvent): Unit = ()
  override def onQueryTerminated(event: StreamingQueryListener.QueryTerminatedEvent): Unit = ()
  override def onQueryProgress(event: StreamingQueryListener.QueryProgressEvent): Unit =
    println(event.progress.json.length)
}

// COMMAND ----------

spark.streams.addListener(new Progress)
spark.conf.set("spark.sql.shuffle.partitions", "2")
val events = spark.readStream.format("rate").option("rowsPerSecond", "50").load()
  .select($"value".cast(StringType).as("id"), array(lit("a")).as("tags"), $"timestamp".as("at"))
  .select(to_json(struct($"id", $"tags", $"at")).as("json"))
  .select(from_json($"json", schema).as("event")).select($"event.*")
  .observe("rows", count(lit(1)).as("count"))
val counts = events.select($"at", explode($"tags").as("tag")).withWatermark("at", "1 second")
  .groupBy(window($"at", "1 second"), $"tag").count()
val queries = Seq(("json", events), ("delta", events), ("parquet", counts)).map { case (sink, data) =>
  data.writeStream.format(sink).outputMode("append").trigger(Trigger.ProcessingTime("500 milliseconds"))
    .option("checkpointLocation", s"$folder/checkpoint-$sink").start(s"$folder/$sink")
}
Thread.sleep(5000)
queries.foreach(_.stop())
display(spark.read.json(s"$folder/json").limit(1))

// COMMAND ----------

// Nobody listens there: the clients are loaded, try, and give up.
val nowhere = "127.0.0.1:9"
val settings = new Properties()
settings.put("bootstrap.servers", nowhere)
settings.put("enable.idempotence", "true")
settings.put("compression.type", "lz4")
settings.put("max.block.ms", "200")
val producer = new KafkaProducer(settings, new StringSerializer, new StringSerializer)
try producer.send(new ProducerRecord("training", "key", "value")).get catch { case error: Exception => println(error) }
producer.close()
new KafkaConsumer(settings, new StringDeserializer, new StringDeserializer).close()
val timeouts = Map("kafka.request.timeout.ms" -> "500", "kafka.default.api.timeout.ms" -> "500",
  "fetchOffset.numRetries" -> "0")
val source = spark.readStream.format("kafka").option("kafka.bootstrap.servers", nowhere).option("subscribe", "training")
val writer = source.options(timeouts).load().writeStream.format("noop")
try writer.option("checkpointLocation", s"$folder/checkpoint-kafka").start().awaitTermination(3000)
catch { case error: Exception => println(error) }
dbutils.notebook.exit("trained")
