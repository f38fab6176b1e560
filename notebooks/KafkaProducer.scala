// Databricks notebook source
// MAGIC %md
// MAGIC # KafkaProducer
// MAGIC Sends events to a Kafka topic: posts found on X (`twitter`), or the lines of a data set (`replay`).
// MAGIC
// MAGIC Every event is acknowledged by all in-sync replicas (`acks=all`, idempotent). The first one that Kafka
// MAGIC refuses ends the notebook with Kafka's reason. Where it got to is kept at `checkpoint`, so that a restart
// MAGIC neither repeats nor leaves out an event.
// MAGIC
// MAGIC | widget | what it is |
// MAGIC |---|---|
// MAGIC | `brokers` | Kafka brokers, `ip:port` separated by commas |
// MAGIC | `topic` | topic to write to; it must exist |
// MAGIC | `source` | `replay` or `twitter` |
// MAGIC | `rate` | most events a second; 0 = no limit |
// MAGIC | `stopAfter` | `never`, `end` (of the data set, or of what the search finds now), or a number of events |
// MAGIC | `dataset` | replay: JSON lines with `id`, `text` and `rating` |
// MAGIC | `query` | twitter: what to look for, in the query language of X |
// MAGIC | `mode` | twitter: `search` (recent posts, asked again and again) or `stream` (filtered stream) |
// MAGIC | `apiUrl` | twitter: base URL of the X API |
// MAGIC | `secretScope` | twitter: secret scope whose key `bearer-token` is the app's token |
// MAGIC | `checkpoint` | folder of the positions, one for each source and topic; needed by twitter, and by a replay that never stops |

// COMMAND ----------

dbutils.widgets.text("brokers", "", "Kafka brokers")
dbutils.widgets.text("topic", "tweets", "Topic")
dbutils.widgets.dropdown("source", "replay", Seq("replay", "twitter"), "Source")
dbutils.widgets.text("rate", "20", "Events a second")
dbutils.widgets.text("stopAfter", "never", "Stop after")
dbutils.widgets.text("dataset", "/Volumes/main/streaming/data/tweets.jsonl", "Data set")
dbutils.widgets.text("query", "#Azure lang:en -is:retweet", "Query")
dbutils.widgets.dropdown("mode", "search", Seq("search", "stream"), "Mode")
dbutils.widgets.text("apiUrl", "https://api.x.com", "X API")
dbutils.widgets.text("secretScope", "twitter", "Secret scope")
dbutils.widgets.text("checkpoint", "", "Checkpoint")

// COMMAND ----------

// DBTITLE 1,Parameters, all checked before anything starts
import scala.util.Try

final case class Settings(brokers: String, topic: String, source: String, rate: Double, stopAfter: String,
    dataset: String, query: String, mode: String, apiUrl: String, secretScope: String, checkpoint: String) {
  /** Most events to send; `end` and `never` set no number. */
  def limit: Long = Try(stopAfter.toLong).getOrElse(Long.MaxValue)
}

object Settings {
  /** Throws one message that names every widget with a bad value. */
  def read(widget: String => String): Settings = {
    val problems = Seq.newBuilder[String]
    def check(name: String, needs: String, matters: Boolean = true)(valid: String => Boolean): String = {
      val value = widget(name).trim
      if (matters && !valid(value)) problems += s"`$name` is `$value`, and needs to be $needs"
      value
    }
    val source = check("source", "replay or twitter")(Set("replay", "twitter"))
    val twitter = source == "twitter"
    val mode = check("mode", "search or stream", twitter)(Set("search", "stream"))
    val rate = check("rate", "a number of events a second, 0 for no limit")(_.matches("\\d{1,9}(\\.\\d+)?"))
    val settings = Settings(
      check("brokers", "ip:port, separated by commas")(_.matches("[^\\s,:]+:\\d+(\\s*,\\s*[^\\s,:]+:\\d+)*")),
      check("topic", "the name of a Kafka topic")(_.matches("[\\w.-]{1,249}")),
      source,
      Try(rate.toDouble).getOrElse(0),
      check("stopAfter", "never, end or a number of events from 1; a stream has no end") { value =>
        value.matches("never|[1-9]\\d{0,14}") || (value == "end" && !(twitter && mode == "stream"))
      },
      check("dataset", "the path of a JSON lines file", !twitter)(_.nonEmpty),
      check("query", "a query of at most 512 characters", twitter)(value => value.nonEmpty && value.length <= 512),
      mode,
      check("apiUrl", "the base URL of the X API", twitter)(_.matches("https?://[^/\\s]+/?")).stripSuffix("/"),
      check("secretScope", "a secret scope that has the key bearer-token", twitter)(_.nonEmpty),
      check("checkpoint", "a folder, such as /Volumes/main/streaming/checkpoints/producer", twitter)(_.nonEmpty)
        .stripSuffix("/"))
    val found = problems.result()
    if (found.nonEmpty) throw new IllegalArgumentException(found.mkString("Parameters of this notebook: ", "; ", "."))
    settings
  }
}

val settings = Settings.read(name => dbutils.widgets.get(name))

// COMMAND ----------

// MAGIC %md
// MAGIC ## Events
// MAGIC One event is a JSON object: `id`, `source`, `text`, `hashtags` (lower case, each once), `authorId`,
// MAGIC `createdAt`, `sentAt` (when it was handed to Kafka) and `rating`. Its key is the author where one is known,
// MAGIC so that the posts of one author stay in order; else it is the id.

// COMMAND ----------

// DBTITLE 1,Event format
import java.time.{Instant, ZoneOffset}
import java.time.format.DateTimeFormatter
import java.util.Locale
import java.util.regex.Pattern
import com.fasterxml.jackson.databind.{JsonNode, ObjectMapper}

final case class Event(id: String, source: String, text: String, authorId: Option[String] = None,
    createdAt: Option[String] = None, rating: Option[Double] = None) {
  def key: String = authorId.getOrElse(id)
}

object EventFormat {
  private val mapper = new ObjectMapper()
  private val timestamp = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC)
  // As on X: letters of any script, digits and underscores, a letter among them, and no word right before the sign.
  private val hashtag =
    Pattern.compile("(?<![\\p{L}\\p{N}_&/])[#\uFF03](?=[\\p{M}\\p{N}_]*\\p{L})([\\p{L}\\p{M}\\p{N}_]+)")

  /** Looks at signs only: a search would try the pattern at every letter, which took most of the time of an event. */
  def hashtags(text: String): Seq[String] = {
    val at = hashtag.matcher(text).useTransparentBounds(true)
    signs(text).filter(sign => at.region(sign, text.length).lookingAt())
      .map(_ => at.group(1).toLowerCase(Locale.ROOT)).toList.distinct
  }

  private def signs(text: String): Iterator[Int] = Iterator('#', '\uFF03').flatMap { sign =>
    Iterator.iterate(text.indexOf(sign))(last => text.indexOf(sign, last + 1)).takeWhile(_ >= 0)
  }

  def toJson(event: Event, sentAt: Instant): String = {
    val json = mapper.createObjectNode().put("id", event.id).put("source", event.source).put("text", event.text)
    val tags = json.putArray("hashtags")
    hashtags(event.text).foreach(tag => tags.add(tag))
    json.put("authorId", event.authorId.orNull).put("createdAt", event.createdAt.orNull)
    json.put("sentAt", timestamp.format(sentAt))
    event.rating.fold(json.putNull("rating"))(rating => json.put("rating", rating))
    mapper.writeValueAsString(json)
  }

  def parse(line: String): Option[JsonNode] =
    Try(mapper.readTree(line)).toOption.filter(node => node != null && node.isObject)

  def text(node: JsonNode, field: String): Option[String] =
    Option(node.get(field)).filter(value => value.isTextual || value.isNumber).map(_.asText)

  def write(fields: (String, Any)*): String = {
    val json = mapper.createObjectNode()
    fields.foreach { case (name, value) => json.set[JsonNode](name, mapper.valueToTree[JsonNode](value)) }
    mapper.writeValueAsString(json)
  }
}

// COMMAND ----------

// MAGIC %md
// MAGIC ## Kafka
// MAGIC A callback notes the first event that Kafka did not take, and the next call throws it.

// COMMAND ----------

// DBTITLE 1,Topic and publisher
import java.time.Duration
import java.util.{Collections, Properties}
import java.util.concurrent.{ExecutionException, TimeUnit}
import java.util.concurrent.atomic.{AtomicLong, AtomicReference}
import scala.collection.JavaConverters._
import org.apache.kafka.clients.admin.Admin
import org.apache.kafka.clients.consumer.KafkaConsumer
import org.apache.kafka.clients.producer.{Callback, KafkaProducer, ProducerRecord, RecordMetadata}
import org.apache.kafka.common.TopicPartition
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException
import org.apache.kafka.common.serialization.{StringDeserializer, StringSerializer}

object Kafka {
  def properties(brokers: String, more: (String, String)*): Properties = {
    val result = new Properties()
    (("bootstrap.servers" -> brokers) +: more).foreach { case (name, value) => result.put(name, value) }
    result
  }

  /** Throws, with what to look at, when there is no way to the brokers or no such topic. */
  def requireTopic(brokers: String, topic: String): Unit = {
    val admin = Admin.create(properties(brokers, "request.timeout.ms" -> "5000", "default.api.timeout.ms" -> "15000"))
    try admin.describeTopics(Collections.singleton(topic)).allTopicNames().get()
    catch { case failed: ExecutionException => failed.getCause match {
      case _: UnknownTopicOrPartitionException => throw new IllegalStateException(
        s"Kafka at $brokers has no topic `$topic`. Create it first, or set the widget `topic`.")
      case cause => throw new IllegalStateException(
        s"The Kafka brokers at $brokers cannot be used from here: ${cause.getMessage} They must be reachable from " +
          "this network (peering `Connected` on both sides) and advertise addresses that mean something in it." +
          advertised(brokers), cause)
    } } finally admin.close(Duration.ZERO)
  }

  /** Asks with a new client: its first question goes to the brokers as given, all later ones to what they advertise. */
  private def advertised(brokers: String): String = {
    val client = new KafkaConsumer(properties(brokers), new StringDeserializer, new StringDeserializer)
    try Try(client.listTopics(Duration.ofSeconds(5)).values.asScala.flatMap(_.asScala).flatMap(part => Option(part.leader)))
      .toOption.fold(" None answered.") { leaders =>
        val nodes = leaders.map(node => s"${node.host}:${node.port}").toSeq.distinct.sorted
        s" They advertise ${nodes.mkString(", ")}, which this network must be able to resolve and reach."
      }
    finally client.close(Duration.ZERO)
  }
}

final class Publisher(brokers: String, topic: String) {
  // Compressed with gzip, which every client can read without a native library.
  private val producer = new KafkaProducer[String, String](Kafka.properties(brokers,
    "acks" -> "all", "enable.idempotence" -> "true", "compression.type" -> "gzip", "linger.ms" -> "20",
    "request.timeout.ms" -> "15000", "delivery.timeout.ms" -> "60000", "max.block.ms" -> "60000"),
    new StringSerializer, new StringSerializer)
  private val firstFailure = new AtomicReference[Exception]()
  private var handedOver = 0L
  val acknowledged = new AtomicLong()
  val failed = new AtomicLong()

  private val callback = new Callback {
    override def onCompletion(metadata: RecordMetadata, error: Exception): Unit =
      if (error == null) acknowledged.incrementAndGet()
      else {
        failed.incrementAndGet()
        firstFailure.compareAndSet(null, error)
      }
  }

  def send(event: Event): Unit = {
    check()
    val now = Instant.now()
    val value = EventFormat.toJson(event, now)
    producer.send(new ProducerRecord(topic, null, Long.box(now.toEpochMilli), event.key, value), callback)
    handedOver += 1
  }

  /** Waits until everything sent is acknowledged. Kafka's own flush does not wait for a batch that it had to split. */
  def flush(): Unit = {
    producer.flush()
    val deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(90)
    while (acknowledged.get + failed.get < handedOver) {
      if (System.nanoTime() > deadline) throw new IllegalStateException(
        s"Kafka has acknowledged ${acknowledged.get} of $handedOver events and says nothing about the others.")
      Thread.sleep(20)
    }
    check()
  }

  /** Flushes too, but not for longer than a canceled run may take to end. */
  def close(): Unit = producer.close(Duration.ofSeconds(3))

  def check(): Unit = Option(firstFailure.get).foreach { error =>
    throw new IllegalStateException(s"Kafka did not take ${failed.get} of the events: ${error.getMessage}", error)
  }
}

// COMMAND ----------

// MAGIC %md
// MAGIC ## Position
// MAGIC How far the source has been read, and where the topic ended then. It is written after a flush, so everything
// MAGIC up to it is in the topic. What was sent after that, before a crash, is found in the topic, from those offsets
// MAGIC on. Each source and each topic has a folder of its own: a line of a data set means nothing to X, nor an offset to
// MAGIC another topic.

// COMMAND ----------

// DBTITLE 1,Position
final class Positions(settings: Settings) {
  import settings.{brokers, checkpoint, topic}

  private val replays = settings.source == "replay"
  private val folder = {
    // Of a data set any character may be in a path, and the lines of two are not the same.
    val of = if (replays) f"-${settings.dataset.hashCode}%08x" else ""
    s"$checkpoint/${settings.source}-$topic$of"
  }
  private val consumer = new KafkaConsumer[String, String](
    Kafka.properties(brokers, "enable.auto.commit" -> "false", "auto.offset.reset" -> "earliest"),
    new StringDeserializer, new StringDeserializer)
  private var number = 0L
  private var sentSince = Set.empty[String]
  private var old = Seq.empty[String]

  def wasSent(id: String): Boolean = sentSince(id)

  /** How far the last run got; `None` for the first run. */
  def load(): Option[String] = {
    dbutils.fs.mkdirs(folder)
    val own = files(folder)
    number = own.headOption.fold(0L)(file => file.split('/').last.stripSuffix(".json").toLong + 1)
    newest(own).orElse(inherited()).map { json =>
      val offsets = json.get("endOffsets").fields.asScala.map(end => end.getKey.toInt -> end.getValue.asLong).toMap
      sentSince = idsSince(offsets)
      val position = json.get("position").asText
      println(s"Going on after $position; ${sentSince.size} events were sent after that was noted")
      position
    }
  }

  /** Call only after a flush. The last two files are kept. */
  def save(position: String): Unit = {
    val ends = endOffsets().map { case (partition, end) => partition.partition.toString -> Long.box(end) }
    dbutils.fs.put(f"$folder/$number%015d.json", EventFormat.write("position" -> position, "endOffsets" -> ends.asJava))
    if (number >= 2) dbutils.fs.rm(f"$folder/${number - 2}%015d.json")
    number += 1
    old.foreach(file => dbutils.fs.rm(file))
    old = Seq.empty
  }

  /** Files of positions, the newest first. */
  private def files(place: String): Seq[String] =
    dbutils.fs.ls(place).map(_.name).filter(_.matches("\\d+\\.json")).sorted.reverse.map(name => s"$place/$name")

  /** The newest may be half written: then the one before it is as true, only older. */
  private def newest(places: Seq[String]): Option[JsonNode] =
    places.iterator.flatMap(file => EventFormat.parse(dbutils.fs.head(file))).take(1).toList.headOption

  /** What a version before noted, when all sources and topics had one folder. It is of use once. */
  private def inherited(): Option[JsonNode] = {
    val places = files(checkpoint)
    val found = newest(places).filter(_.get("position").asText.contains(":") == replays)
    if (found.nonEmpty) old = places
    found
  }

  def close(): Unit = consumer.close(Duration.ofSeconds(1))

  private def endOffsets(): Map[TopicPartition, Long] = {
    val partitions = consumer.partitionsFor(topic).asScala.map(info => new TopicPartition(topic, info.partition))
    consumer.endOffsets(partitions.asJava).asScala.map { case (partition, end) => partition -> end.longValue }.toMap
  }

  private def idsSince(offsets: Map[Int, Long]): Set[String] = {
    def from(partition: TopicPartition): Long = offsets.getOrElse(partition.partition, 0L)
    val ends = endOffsets().filter { case (partition, end) => end > from(partition) }
    consumer.assign(ends.keys.toSeq.asJava)
    ends.keys.foreach(partition => consumer.seek(partition, from(partition)))
    val ids = Set.newBuilder[String]
    while (ends.exists { case (partition, end) => consumer.position(partition) < end }) {
      consumer.poll(Duration.ofSeconds(1)).asScala.foreach { record =>
        Option(record.value).flatMap(EventFormat.parse).flatMap(EventFormat.text(_, "id")).foreach(ids += _)
      }
    }
    ids.result()
  }
}

// COMMAND ----------

// MAGIC %md
// MAGIC ## Outlet
// MAGIC What a source hands its events to. It leaves out what was sent before, keeps to the rate, reports every few
// MAGIC seconds, says when it is enough, and notes the position.

// COMMAND ----------

// DBTITLE 1,Rate, progress, stop condition
import java.util.concurrent.locks.LockSupport

final class Outlet(publisher: Publisher, positions: Option[Positions], rate: Double, limit: Long) {
  private val started = System.nanoTime()
  private var due = started
  private var reported = started
  private var reportedCount = 0L
  private var committed = started
  var sent = 0L
  var skipped = 0L

  /** Where the last run stopped. */
  val resumeFrom: Option[String] = positions.flatMap(_.load())
  def enough: Boolean = sent >= limit
  def seconds: Double = (System.nanoTime() - started) / 1e9

  /** Sends one event, when it is due. False when no more are wanted. */
  def offer(event: Event): Boolean = {
    if (positions.exists(_.wasSent(event.id))) skipped += 1
    else if (!enough) {
      awaitTurn()
      publisher.send(event)
      sent += 1
    }
    report()
    !enough
  }

  /** Notes that everything up to `position` is in the topic. With `every`, only if that many seconds have passed. */
  def commit(position: String, every: Double = 0): Unit = if (System.nanoTime() - committed >= every * 1e9) {
    publisher.flush()
    positions.foreach(_.save(position))
    committed = System.nanoTime()
  }

  def pause(seconds: Double): Unit = sleepUntil(System.nanoTime() + (seconds * 1e9).toLong)

  /** One line every few seconds. */
  def report(every: Double = 5): Unit = {
    val passed = (System.nanoTime() - reported) / 1e9
    if (passed >= every) {
      val rate = (sent - reportedCount) / passed
      println(f"sent $sent, acknowledged ${publisher.acknowledged.get}, failed ${publisher.failed.get}, $rate%.1f/s")
      reported = System.nanoTime()
      reportedCount = sent
    }
  }

  private def awaitTurn(): Unit = if (rate > 0) {
    // After a stall at most one second is caught up, so that the stall is not followed by a flood.
    due = if (sent == 0) System.nanoTime() else math.max(due, System.nanoTime() - 1000000000L)
    sleepUntil(due)
    due += (1e9 / rate).toLong
  }

  /** Wakes up often enough to notice a failure or a cancellation. */
  private def sleepUntil(time: Long): Unit = {
    var left = time - System.nanoTime()
    while (left > 0) {
      LockSupport.parkNanos(math.min(left, 500000000L))
      if (Thread.interrupted()) throw new InterruptedException("The notebook was canceled")
      publisher.check()
      report()
      left = time - System.nanoTime()
    }
  }
}

/** Where events come from. */
trait Source {
  /** Returns when the source has ended, or the outlet wants no more. */
  def run(outlet: Outlet): Unit
  /** For the summary. */
  def counts: Seq[(String, Any)]
}

// COMMAND ----------

// MAGIC %md
// MAGIC ## Replay
// MAGIC The lines of a data set, in order, a part of the file at a time. Unless it ends with the data set it begins
// MAGIC again; ids of later rounds are `<id>-<round>`. Lines that are no event are counted and left out.

// COMMAND ----------

// DBTITLE 1,Replay
final class Replay(path: String, once: Boolean) extends Source {
  private var malformed = 0L
  private var round = 1L
  private var line = 0L

  override def counts: Seq[(String, Any)] = Seq("malformed" -> malformed, "rounds" -> round)

  override def run(outlet: Outlet): Unit = {
    outlet.resumeFrom.map(_.split(":").map(_.toLong)).foreach { position =>
      round = position(0)
      line = position(1)
    }
    spark.conf.set("spark.sql.files.maxPartitionBytes", "16m")
    var wanted = true
    while (wanted) {
      wanted = replay(outlet) && !once
      if (wanted) {
        round += 1
        line = 0
      }
    }
    outlet.commit(s"$round:$line")
  }

  /** One round, or the rest of it. False when no more events are wanted. */
  private def replay(outlet: Outlet): Boolean = {
    val lines = spark.read.text(path).as[String].toLocalIterator().asScala.zipWithIndex.dropWhile(_._2 < line)
    var wanted = true
    var found = line > 0
    while (wanted && lines.hasNext) {
      val (text, index) = lines.next()
      val event = toEvent(text)
      event.foreach(some => wanted = outlet.offer(some))
      if (event.isEmpty && text.trim.nonEmpty) malformed += 1
      found ||= event.nonEmpty
      line = index + 1
      outlet.commit(s"$round:$line", every = 5)
    }
    if (!found) throw new IllegalStateException(
      s"The data set $path has no line with an `id` and a `text`; $malformed lines are something else.")
    wanted
  }

  private def toEvent(text: String): Option[Event] = for {
    json <- EventFormat.parse(text)
    id <- EventFormat.text(json, "id").filter(_.nonEmpty)
    words <- EventFormat.text(json, "text")
  } yield Event(if (round == 1) id else s"$id-$round", "replay", words, EventFormat.text(json, "authorId"),
    EventFormat.text(json, "createdAt"), Option(json.get("rating")).filter(_.isNumber).map(_.asDouble))
}

// COMMAND ----------

// MAGIC %md
// MAGIC ## X
// MAGIC The client library of the X API, with the waiting that X asks for: until the reset time when the rate limit
// MAGIC is used up (429), longer and longer when X is in trouble (420, 5xx, no connection). A token that X refuses is
// MAGIC fatal.

// COMMAND ----------

// DBTITLE 1,X API client
import com.twitter.clientlib.{ApiClient, ApiException, JSON, TwitterCredentialsBearer}
import com.twitter.clientlib.api.TweetsApi
import com.twitter.clientlib.model._

final class XClient(apiUrl: String, token: String, pause: Double => Unit) {
  private val MaxAttempts = 12
  val postFields: java.util.Set[String] = Set("author_id", "created_at").asJava
  private val client = new ApiClient()
  client.setTwitterCredentials(new TwitterCredentialsBearer(token))
  client.setBasePath(apiUrl)
  client.setReadTimeout(30000) // an idle stream still brings a blank line every 20 s
  val api = new TweetsApi()
  api.setClient(client)

  /**
   * Sends a request until X answers. Throws when X refuses, or has not answered in some seven minutes. Not by the
   * request's own `execute`, which loses the status when the body of an error is not what it expects.
   */
  def call[T](what: String, answer: Class[T])(request: => okhttp3.Call): T =
    Iterator.from(1).map { attempt =>
      try Some(client.execute[T](request, answer).getData)
      catch { case error: ApiException => recover(what, error, attempt); None }
    }.collectFirst { case Some(data) => data }.get

  /** Waits before another attempt, or throws when there is no use in one. */
  def recover(what: String, error: ApiException, attempt: Int): Unit = {
    val code = error.getCode // 0 when there was no answer
    val saying = Option(error.getResponseBody).filter(_.nonEmpty).getOrElse(String.valueOf(error.getMessage)).take(500)
    if (code == 401 || code == 403) throw new IllegalStateException(
      s"X refuses to $what ($code): the token in key `bearer-token` of the secret scope is not valid, or its app may " +
        s"not do this. X says: $saying", error)
    if (code != 0 && code != 420 && code != 429 && code < 500)
      throw new IllegalStateException(s"X refuses to $what ($code): $saying", error)
    if (code != 429 && attempt > MaxAttempts)
      throw new IllegalStateException(s"X did not $what in $attempt attempts ($code): $saying", error)
    val wait = if (code == 429) untilReset(error) else backOff(attempt)
    println(f"X: $code to $what, attempt $attempt; waiting $wait%.1f s")
    pause(wait)
  }

  def backOff(attempt: Int): Double = math.min(60d, math.pow(2, attempt - 1))

  private def untilReset(error: ApiException): Double = {
    val headers = Option(error.getResponseHeaders).map(_.asScala).getOrElse(Map.empty)
    val reset = headers.collectFirst { case (name, values) if name.equalsIgnoreCase("x-rate-limit-reset") => values }
    val time = reset.flatMap(values => Try(values.get(0).toLong).toOption)
    time.fold(60d)(seconds => math.max(1d, seconds - System.currentTimeMillis() / 1000d + 1))
  }

  def toEvent(post: Tweet): Event = {
    val text = post.getText.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    Event(post.getId, "twitter", text, Option(post.getAuthorId), Option(post.getCreatedAt).map(_.toInstant.toString))
  }
}

// COMMAND ----------

// DBTITLE 1,Recent search: forward in time, poll by poll
final class RecentSearch(x: XClient, query: String, untilCaughtUp: Boolean) extends Source {
  private val PauseSeconds = 5d // X allows one request every two seconds
  private var polls = 0L

  override def counts: Seq[(String, Any)] = Seq("polls" -> polls)

  override def run(outlet: Outlet): Unit = {
    var since = outlet.resumeFrom
    var more = true
    while (more) {
      val posts = poll(since)
      val taken = posts.takeWhile(post => !outlet.enough && { outlet.offer(x.toEvent(post)); true })
      taken.lastOption.foreach { post =>
        since = Some(post.getId)
        outlet.commit(post.getId)
      }
      more = !outlet.enough && !(untilCaughtUp && posts.isEmpty)
      if (more) outlet.pause(PauseSeconds)
    }
  }

  /** X refuses a `since_id` from before the seven days that it searches. Ids are times. */
  private def poll(since: Option[String]): List[Tweet] = {
    polls += 1
    try postsSince(since, None).sortBy(post => BigInt(post.getId))
    catch { case refused: IllegalStateException if since.nonEmpty && refused.getMessage.contains("since_id") =>
      println(s"X: ${since.get} is more than seven days old; posts from before the last seven days are out of reach")
      val oldest = System.currentTimeMillis() - TimeUnit.DAYS.toMillis(7) + TimeUnit.MINUTES.toMillis(5)
      poll(Some(((oldest - 1288834974657L) << 22).toString))
    }
  }

  /**
   * Everything newer than `since`. X lists the newest first, so all pages are read before the first post can be sent.
   * Without a position only the newest page is taken: events begin now, and not a week ago.
   */
  private def postsSince(since: Option[String], token: Option[String]): List[Tweet] = {
    val request = x.api.tweetsRecentSearch(query).maxResults(100).tweetFields(x.postFields)
    since.foreach(id => request.sinceId(id))
    token.foreach(next => request.nextToken(next))
    val answer = x.call("search recent posts", classOf[Get2TweetsSearchRecentResponse])(request.buildCall(null))
    val posts = Option(answer.getData).fold(List.empty[Tweet])(_.asScala.toList)
    val next = Option(answer.getMeta).flatMap(meta => Option(meta.getNextToken)).filter(_ => since.nonEmpty)
    if (next.isEmpty) posts else posts ++ postsSince(since, next)
  }
}

// COMMAND ----------

// MAGIC %md
// MAGIC The filtered stream has one rule, tagged `kafka-producer`. X does not send again what was posted while nobody
// MAGIC listened: use `search` where each post counts.

// COMMAND ----------

// DBTITLE 1,Filtered stream
import java.io.{BufferedReader, IOException, InputStreamReader}
import java.nio.charset.StandardCharsets

final class FilteredStream(x: XClient, query: String) extends Source {
  private val Tag = "kafka-producer"
  private var connects = 0L
  private var newest = Option.empty[String]

  override def counts: Seq[(String, Any)] = Seq("connects" -> connects)

  override def run(outlet: Outlet): Unit = {
    useRule()
    var attempt = 0
    while (!outlet.enough) {
      attempt += 1
      try if (listen(outlet)) attempt = 0
      catch { case error: ApiException => x.recover("listen to the filtered stream", error, attempt) }
      if (!outlet.enough) outlet.pause(x.backOff(attempt))
    }
    newest.foreach(outlet.commit(_))
  }

  private def useRule(): Unit = {
    val answer = x.call("list stream rules", classOf[RulesLookupResponse])(x.api.getRules().buildCall(null))
    val rules = Option(answer.getData)
    val ours = rules.fold(List.empty[Rule])(_.asScala.toList).filter(_.getTag == Tag)
    val (same, old) = ours.partition(_.getValue == query)
    val ids = new DeleteRulesRequestDelete().ids(old.map(_.getId).asJava)
    if (old.nonEmpty) change(new DeleteRulesRequest().delete(ids))
    if (same.isEmpty) change(new AddRulesRequest().addAddItem(new RuleNoId().value(query).tag(Tag)))
  }

  private def change(rules: AnyRef): Unit = {
    val request = new AddOrDeleteRulesRequest()
    request.setActualInstance(rules)
    val call = x.api.addOrDeleteRules(request)
    val errors = x.call("change stream rules", classOf[AddOrDeleteRulesResponse])(call.buildCall(null)).getErrors
    if (errors != null && !errors.isEmpty)
      throw new IllegalStateException(s"X does not take the query `$query` as a rule: ${errors.asScala.mkString("; ")}")
  }

  /** One connection, until it breaks or enough was sent. True when it brought a post. */
  private def listen(outlet: Outlet): Boolean = {
    connects += 1
    val body = x.api.searchStream().tweetFields(x.postFields).execute()
    var brought = false
    try {
      val lines = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8))
      Iterator.continually(lines.readLine()).takeWhile(line => line != null && !outlet.enough).foreach { line =>
        val answer = Try(JSON.getGson.fromJson(line, classOf[FilteredStreamingTweetResponse])).toOption
        val post = answer.flatMap(Option(_)).flatMap(found => Option(found.getData))
        if (post.isEmpty && line.trim.nonEmpty) println(s"X: the stream says ${line.take(300)}")
        post.foreach { found =>
          brought = true
          outlet.offer(x.toEvent(found))
          newest = Some(found.getId)
        }
        outlet.report()
        newest.foreach(outlet.commit(_, every = 5))
      }
    } catch { case error: IOException => println(s"X: the stream broke: ${error.getMessage}") }
    finally body.close()
    brought
  }
}

// COMMAND ----------

// DBTITLE 1,Run
/** Sends until the stop condition, and returns the summary as JSON. */
def produce(settings: Settings): String = {
  Kafka.requireTopic(settings.brokers, settings.topic)
  // A replay that has an end is sent whole each time; one that never ends goes on where it was.
  val resumes = settings.source == "twitter" || settings.stopAfter == "never"
  val positions = Some(settings.checkpoint).filter(_.nonEmpty && resumes)
    .map(_ => new Positions(settings))
  val publisher = new Publisher(settings.brokers, settings.topic)
  try {
    val outlet = new Outlet(publisher, positions, settings.rate, settings.limit)
    lazy val token = dbutils.secrets.get(settings.secretScope, "bearer-token")
    lazy val x = new XClient(settings.apiUrl, token, outlet.pause)
    val untilEnd = settings.stopAfter == "end"
    val source: Source =
      if (settings.source == "replay") new Replay(settings.dataset, untilEnd)
      else if (settings.mode == "search") new RecentSearch(x, settings.query, untilEnd)
      else new FilteredStream(x, settings.query)
    source.run(outlet)
    publisher.flush()
    outlet.report(every = 0)
    EventFormat.write(Seq[(String, Any)](
      "source" -> settings.source, "topic" -> settings.topic, "sent" -> outlet.sent,
      "acknowledged" -> publisher.acknowledged.get, "failed" -> publisher.failed.get, "skipped" -> outlet.skipped,
      "seconds" -> outlet.seconds, "perSecond" -> outlet.sent / math.max(outlet.seconds, 0.001)) ++ source.counts: _*)
  } finally {
    publisher.close()
    positions.foreach(_.close())
  }
}

val summary = produce(settings)

// COMMAND ----------

dbutils.notebook.exit(summary)
