// Databricks notebook source
// MAGIC %md
// MAGIC # KafkaConsumer
// MAGIC Reads the events of a Kafka topic with Structured Streaming, and writes two results: each event as a row of
// MAGIC typed columns, and how often each hashtag occurs in each window of time.
// MAGIC
// MAGIC Both queries keep their place below `checkpoint`. After a restart, however it came about, they go on exactly
// MAGIC there: no event is lost, and in the sinks `delta`, `json` and `parquet` none is there twice.
// MAGIC
// MAGIC | widget | what it is |
// MAGIC |---|---|
// MAGIC | `brokers` | Kafka brokers, `ip:port` separated by commas |
// MAGIC | `topic` | topic to read |
// MAGIC | `startingOffsets` | where to begin: `earliest`, `latest`, or `{"topic":{"0":23,"1":-2}}` |
// MAGIC | `trigger` | `2 seconds` (micro-batches), `availableNow` (what is there, then end), or `continuous 1 second` |
// MAGIC | `checkpoint` | folder of the queries' progress |
// MAGIC | `sink` | `delta`, `json`, `parquet`, `console`, `memory`, `noop`, or `kafka:` and a topic |
// MAGIC | `output` | folder of the results: `events` and `hashtags` |
// MAGIC | `window` | length of a window, such as `1 minute` |
// MAGIC | `watermark` | how late an event may be and still be counted |
// MAGIC | `maxOffsetsPerTrigger` | most events in a micro-batch; empty for no limit |

// COMMAND ----------

dbutils.widgets.text("brokers", "", "Kafka brokers")
dbutils.widgets.text("topic", "tweets", "Topic")
dbutils.widgets.text("startingOffsets", "earliest", "Starting offsets")
dbutils.widgets.text("trigger", "2 seconds", "Trigger")
dbutils.widgets.text("checkpoint", "", "Checkpoint")
dbutils.widgets.text("sink", "delta", "Sink")
dbutils.widgets.text("output", "", "Output")
dbutils.widgets.text("window", "1 minute", "Window")
dbutils.widgets.text("watermark", "1 minute", "Watermark")
dbutils.widgets.text("maxOffsetsPerTrigger", "", "Most events in a batch")

// COMMAND ----------

// DBTITLE 1,Parameters, all checked before anything starts
import scala.util.Try
import com.fasterxml.jackson.databind.ObjectMapper
import org.apache.spark.sql.streaming.Trigger

final case class Settings(brokers: String, topic: String, startingOffsets: String, trigger: String,
    checkpoint: String, sink: String, output: String, window: String, watermark: String,
    maxOffsetsPerTrigger: String) {
  def continuous: Boolean = trigger.startsWith("continuous ")
  def bounded: Boolean = trigger == "availableNow"
  def toTopic: Option[String] = Some(sink.stripPrefix("kafka:")).filter(_ != sink)
  def sparkTrigger: Trigger =
    if (bounded) Trigger.AvailableNow()
    else if (continuous) Trigger.Continuous(trigger.stripPrefix("continuous "))
    else Trigger.ProcessingTime(trigger)
}

object Settings {
  private val Length = "\\d{1,9} (millisecond|second|minute|hour|day)s?"
  private val Topic = "[\\w.-]{1,249}"

  /** Throws one message that names every widget with a bad value. */
  def read(widget: String => String): Settings = {
    val problems = Seq.newBuilder[String]
    def check(name: String, needs: String, matters: Boolean = true)(valid: String => Boolean): String = {
      val value = widget(name).trim
      if (matters && !valid(value)) problems += s"`$name` is `$value`, and needs to be $needs"
      value
    }
    val topic = check("topic", "the name of a Kafka topic")(_.matches(Topic))
    val trigger = check("trigger", "`availableNow`, or a length of time such as `2 seconds`, or `continuous` and one") {
      value => value == "availableNow" || value.stripPrefix("continuous ").matches(Length)
    }
    val sink = check("sink", "delta, json, parquet, console, memory, noop, or `kafka:` and another topic") { value =>
      value.matches(s"delta|json|parquet|console|memory|noop|kafka:$Topic") && value != s"kafka:$topic"
    }
    val toFiles = Set("delta", "json", "parquet")(sink)
    val settings = Settings(
      check("brokers", "ip:port, separated by commas")(_.matches("[^\\s,:]+:\\d+(\\s*,\\s*[^\\s,:]+:\\d+)*")),
      topic,
      check("startingOffsets", "earliest, latest, or JSON such as {\"topic\":{\"0\":23,\"1\":-2}}") { value =>
        Set("earliest", "latest")(value) || Try(new ObjectMapper().readTree(value).isObject).getOrElse(false)
      },
      trigger,
      check("checkpoint", "a folder, such as /Volumes/main/streaming/checkpoints/consumer", sink != "memory")(
        _.nonEmpty).stripSuffix("/"),
      sink,
      check("output", "a folder, such as /Volumes/main/streaming/output", toFiles)(_.nonEmpty).stripSuffix("/"),
      check("window", "a length of time from 1 millisecond, such as `1 minute`") { value =>
        value.matches(Length) && !value.matches("0+ .*")
      },
      check("watermark", "a length of time, such as `1 minute`")(_.matches(Length)),
      check("maxOffsetsPerTrigger", "a whole number from 1, or empty")(_.matches("|[1-9]\\d{0,14}")))
    if (settings.continuous && toFiles) problems += s"`trigger` is `$trigger`, with which Spark cannot write to the " +
      s"`sink` $sink: use kafka:TOPIC, console, memory or noop, or a trigger without `continuous`"
    val found = problems.result()
    if (found.nonEmpty) throw new IllegalArgumentException(found.mkString("Parameters of this notebook: ", "; ", "."))
    settings
  }
}

val settings = Settings.read(name => dbutils.widgets.get(name))

// COMMAND ----------

// MAGIC %md
// MAGIC ## Events
// MAGIC The value of a Kafka record is a JSON object. What is no such object becomes a row too: its columns are null
// MAGIC and `malformed` holds the value as it was, so that nothing that was in the topic goes missing.

// COMMAND ----------

// DBTITLE 1,From Kafka to typed columns
import scala.collection.JavaConverters._
import org.apache.spark.sql.DataFrame
import org.apache.spark.sql.functions._
import org.apache.spark.sql.types._

val eventSchema = new StructType()
  .add("id", StringType).add("source", StringType).add("text", StringType)
  .add("hashtags", ArrayType(StringType)).add("authorId", StringType)
  .add("createdAt", TimestampType).add("sentAt", TimestampType).add("rating", DoubleType)
  .add("malformed", StringType)

val fromKafka = Map(
  "kafka.bootstrap.servers" -> settings.brokers,
  "subscribe" -> settings.topic,
  // A broker that has died without a word is found out by these. Kafka names a new leader within ten seconds; with
  // the clients' own values (30 s for a request, 60 s for a call that asks again) the stream stands still for a minute.
  "kafka.request.timeout.ms" -> "10000",
  "kafka.default.api.timeout.ms" -> "15000")

def readEvents(): DataFrame = {
  val most = Some(settings.maxOffsetsPerTrigger).filter(_.nonEmpty && !settings.continuous)
  val records = spark.readStream.format("kafka").options(fromKafka)
    .option("startingOffsets", settings.startingOffsets)
    .option("failOnDataLoss", "true") // rather stop than skip what Kafka has thrown away
    .options(most.map("maxOffsetsPerTrigger" -> _).toMap)
    .load()
  val permissive = Map("mode" -> "PERMISSIVE", "columnNameOfCorruptRecord" -> "malformed").asJava
  val events = records
    .withColumn("value", col("value").cast("string"))
    .withColumn("event", from_json(col("value"), eventSchema, permissive))
    .select(
      col("event.id"), col("event.source"), col("event.text"), col("event.hashtags"), col("event.authorId"),
      col("event.createdAt"), col("event.sentAt"), col("event.rating"),
      col("key").cast("string"), col("topic"), col("partition"), col("offset"), col("timestamp"),
      when(col("event").isNull || col("event.malformed").isNotNull, col("value")).as("malformed"))
  // Spark moves conditions on the columns ahead of the parsing, and parses once more for each of them, but it moves
  // nothing past what is observed. Only micro-batches can be.
  if (settings.continuous) events else events.observe("quality", count(col("malformed")).as("malformed"))
}

/** Events from a clock that is ahead by more than `watermark` are not counted: they would move the watermark into the
  * future, and all events after them would be too late. */
def countHashtags(events: DataFrame): DataFrame = events
  .where(col("sentAt") <= current_timestamp() + expr(s"INTERVAL ${settings.watermark}"))
  .select(col("sentAt"), explode(col("hashtags")).as("hashtag"))
  .withWatermark("sentAt", settings.watermark)
  .groupBy(window(col("sentAt"), settings.window), col("hashtag")).count()
  .select(col("window.start").as("start"), col("window.end").as("end"), col("hashtag"), col("count"))

// COMMAND ----------

// MAGIC %md
// MAGIC ## Sinks
// MAGIC A count is written once, when its window has ended and `watermark` has passed (append mode). In a Kafka sink
// MAGIC the header `result` tells events from counts. Without micro-batches (`continuous`) Spark cannot count, so
// MAGIC only the events are written; each partition of the topic then takes a core for itself.

// COMMAND ----------

// DBTITLE 1,Start a query
import org.apache.spark.sql.streaming.StreamingQuery

def asRecords(result: String, rows: DataFrame, key: String): DataFrame = rows.select(
  col(key).as("key"),
  to_json(struct(rows.columns.map(col): _*)).as("value"),
  array(struct(lit("result").as("key"), lit(result).cast("binary").as("value"))).as("headers"))

def start(result: String, rows: DataFrame, key: String): StreamingQuery = {
  val data = settings.toTopic.fold(rows)(_ => asRecords(result, rows, key))
  val writer = data.writeStream.queryName(result).outputMode("append").trigger(settings.sparkTrigger)
  // The memory sink forgets with the notebook, so Spark refuses to let it go on from a checkpoint.
  if (settings.sink != "memory") writer.option("checkpointLocation", s"${settings.checkpoint}/$result")
  settings.sink match {
    case "delta" | "json" | "parquet" => writer.option("path", s"${settings.output}/$result")
    case "console" => writer.option("truncate", "false")
    case _ => settings.toTopic.foreach { topic =>
      writer.option("kafka.bootstrap.servers", settings.brokers).option("topic", topic)
    }
  }
  writer.format(settings.sink.takeWhile(_ != ':')).start()
}

// COMMAND ----------

// MAGIC %md
// MAGIC ## Progress
// MAGIC Spark reports each micro-batch. Of the latest one a line of JSON is printed every few seconds, and totals are kept
// MAGIC for the end. The names are those of Spark's `StreamingQueryProgress`; `lag` is what was in the topic beyond the
// MAGIC batch, by partition. A query that has nothing to do prints nothing, and neither does one without micro-batches
// MAGIC (`continuous`), of which Spark reports no progress.

// COMMAND ----------

// DBTITLE 1,Progress of both queries
import java.util.UUID
import java.util.concurrent.{ConcurrentHashMap, CountDownLatch, TimeUnit}
import com.fasterxml.jackson.databind.JsonNode
import com.fasterxml.jackson.databind.node.ObjectNode
import org.apache.spark.sql.streaming.{StreamingQueryListener, StreamingQueryProgress}
import org.apache.spark.sql.streaming.StreamingQueryListener._

/** What one query has done so far. Written by Spark's listener thread only. */
final class Totals {
  @volatile var rows, batches, malformed, reported = 0L
  @volatile var endOffsets = "{}"
  val ended = new CountDownLatch(1)

  def add(progress: StreamingQueryProgress): Unit = {
    rows += progress.numInputRows
    batches += 1
    Option(progress.observedMetrics.get("quality")).foreach(row => malformed += row.getAs[Long]("malformed"))
    progress.sources.headOption.flatMap(source => Option(source.endOffset)).foreach(offsets => endOffsets = offsets)
  }

  def describe(json: ObjectNode): Unit = json.put("rows", rows).put("batches", batches).put("malformed", malformed)
    .set[ObjectNode]("endOffsets", new ObjectMapper().readTree(endOffsets))
}

object Progress {
  private val Json = new ObjectMapper()

  /** What one micro-batch did, on one line. */
  def line(progress: StreamingQueryProgress, totals: Totals): String = {
    val json = Json.createObjectNode().put("query", progress.name).put("batchId", progress.batchId)
      .put("timestamp", progress.timestamp).put("numInputRows", progress.numInputRows)
    // A rate over no time at all is no number, and JSON has nothing for that.
    def rate(name: String, perSecond: Double): Unit =
      if (!perSecond.isNaN && !perSecond.isInfinite) json.put(name, math.round(perSecond * 10) / 10.0)
    rate("inputRowsPerSecond", progress.inputRowsPerSecond)
    rate("processedRowsPerSecond", progress.processedRowsPerSecond)
    Option(progress.durationMs.get("triggerExecution")).foreach(time => json.put("triggerExecutionMs", time.longValue))
    progress.sources.headOption.foreach { source =>
      val end = Option(source.endOffset).map(Json.readTree)
      end.foreach(offsets => json.set[ObjectNode]("endOffset", offsets))
      for (read <- end; latest <- Option(source.latestOffset).map(Json.readTree))
        json.put("totalLag", putLag(json.putObject("lag"), read, latest))
    }
    if (progress.stateOperators.nonEmpty) json
      .put("numRowsTotal", progress.stateOperators.map(_.numRowsTotal).sum)
      .put("numRowsDroppedByWatermark", progress.stateOperators.map(_.numRowsDroppedByWatermark).sum)
    json.put("rowsSinceStart", totals.rows).put("malformedSinceStart", totals.malformed).toString
  }

  /** The latest offset less the one read up to, of each partition of each topic. Returns the sum. */
  private def putLag(lag: ObjectNode, read: JsonNode, latest: JsonNode): Long =
    latest.fields.asScala.flatMap { topic =>
      val partitions = lag.putObject(topic.getKey)
      topic.getValue.fields.asScala.map { partition =>
        val left = math.max(0L, partition.getValue.asLong - read.path(topic.getKey).path(partition.getKey).asLong)
        partitions.put(partition.getKey, left)
        left
      }
    }.sum
}

final class Progress(everySeconds: Long) extends StreamingQueryListener {
  private val totals = new ConcurrentHashMap[UUID, Totals]()
  def of(query: UUID): Totals = totals.computeIfAbsent(query, _ => new Totals)

  override def onQueryStarted(event: QueryStartedEvent): Unit = ()
  override def onQueryTerminated(event: QueryTerminatedEvent): Unit = of(event.runId).ended.countDown()

  override def onQueryProgress(event: QueryProgressEvent): Unit = {
    val progress = event.progress
    val query = of(progress.runId)
    query.add(progress)
    if (query.reported == 0 || System.nanoTime() - query.reported > TimeUnit.SECONDS.toNanos(everySeconds)) {
      query.reported = System.nanoTime()
      println(Progress.line(progress, query))
    }
  }
}

// COMMAND ----------

// MAGIC %md
// MAGIC ## Run
// MAGIC The first query that fails ends the notebook with its reason. With `availableNow` the notebook ends by
// MAGIC itself, with a summary as its result.

// COMMAND ----------

// DBTITLE 1,Run
/** Throws, with what to look at, when the topic cannot be read, or has too many partitions for a continuous query. */
def checkTopic(): Unit = {
  def cause(error: Throwable): Throwable = Option(error.getCause).fold(error)(cause)
  val partitions =
    try spark.read.format("kafka").options(fromKafka).load().rdd.getNumPartitions
    catch { case error: Exception => throw new IllegalStateException(
      s"Topic `${settings.topic}` of the Kafka brokers at ${settings.brokers} cannot be read: " +
        s"${cause(error).getMessage} It must exist, and the brokers must be reachable from this network (peering " +
        "`Connected` on both sides) and advertise addresses that mean something in it.", error) }
  val cores = spark.sparkContext.defaultParallelism
  if (settings.continuous && partitions > cores) throw new IllegalStateException(
    s"`trigger` is `${settings.trigger}`, for which each of the $partitions partitions of `${settings.topic}` needs " +
      s"a core of its own; this cluster has $cores.")
}

def consume(): ObjectNode = {
  checkTopic()
  // One task for each core is enough for counting. The number stays what it is when the checkpoint is made.
  spark.conf.set("spark.sql.shuffle.partitions", spark.sparkContext.defaultParallelism.toString)
  val progress = new Progress(everySeconds = 5)
  spark.streams.addListener(progress)
  val queries =
    if (settings.continuous) Seq(start("events", readEvents(), "key"))
    else Seq(
      start("events", readEvents(), "key"),
      start("hashtags", countHashtags(readEvents()), "hashtag"))
  try {
    while (queries.exists(_.isActive)) queries.foreach(_.awaitTermination(500)) // throws what a query failed with
    queries.foreach(_.awaitTermination())
  } finally queries.foreach(_.stop())
  val summary = new ObjectMapper().createObjectNode().put("topic", settings.topic).put("sink", settings.sink)
  queries.foreach { query =>
    progress.of(query.runId).ended.await(10, TimeUnit.SECONDS) // the last progress comes before it
    progress.of(query.runId).describe(summary.putObject(query.name))
  }
  spark.streams.removeListener(progress)
  summary
}

val summary = consume()

// COMMAND ----------

if (settings.bounded) dbutils.notebook.exit(summary.toString)
