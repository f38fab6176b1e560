package twin.notebook

import java.nio.charset.StandardCharsets.UTF_8
import java.nio.file.{Files, Path, StandardCopyOption}

import com.fasterxml.jackson.databind.{JsonNode, ObjectMapper}

import scala.collection.JavaConverters._

/** The little JSON that the runner needs: it reads one request and writes one result. */
object Json {
  private val mapper = new ObjectMapper()

  def parse(bytes: Array[Byte]): JsonNode = mapper.readTree(bytes)
  def text(value: String): String = mapper.writeValueAsString(value)

  def strings(node: JsonNode): Map[String, String] =
    node.fields.asScala.map(entry => entry.getKey -> entry.getValue.asText).toMap

  /** Writes the fields that have a value; the file appears whole or not at all, even if the process is killed. */
  def writeObject(file: Path, fields: (String, Option[Any])*): Unit = {
    val values = fields.collect { case (name, Some(value)) => name -> value }.toMap
    val unfinished = file.resolveSibling(s"${file.getFileName}.tmp")
    Files.write(unfinished, mapper.writeValueAsString(values.asJava).getBytes(UTF_8))
    Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE)
  }
}

/** What to run. It arrives on standard input, because command lines and environments can be read by others. */
final case class Request(
    name: String,
    source: String,
    parameters: Map[String, String],
    secrets: Map[String, Map[String, String]],
    sparkConf: Map[String, String],
)

object Request {
  def parse(bytes: Array[Byte]): Request = {
    val json = Json.parse(bytes)
    Request(
      name = json.path("name").asText,
      source = json.path("source").asText,
      parameters = Json.strings(json.path("parameters")),
      secrets = json.path("secrets").fields.asScala.map(scope => scope.getKey -> Json.strings(scope.getValue)).toMap,
      sparkConf = Json.strings(json.path("sparkConf")),
    )
  }
}
