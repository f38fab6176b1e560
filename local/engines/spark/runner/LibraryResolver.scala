package org.apache.spark.deploy // SparkSubmitUtils is private to Spark

import java.io.{ByteArrayOutputStream, File, PrintStream}
import java.nio.file.Paths

import twin.notebook.Json

import scala.util.{Failure, Success, Try}

/**
 * Resolves Maven coordinates as `spark-submit --packages` does, with the Ivy inside Spark:
 * `LibraryResolver RESULT_FILE IVY_DIR COORDINATE REPOSITORY`, where an empty REPOSITORY leaves the public ones.
 * The result file gets `jars`, absolute paths joined by the path separator, or `error`.
 */
object LibraryResolver {
  def main(arguments: Array[String]): Unit = {
    val Array(resultFile, ivy, coordinate, repository) = arguments
    SparkSubmitUtils.printStream = new PrintStream(new ByteArrayOutputStream(), true, "UTF-8") // a table of all jars
    val resolved = Try {
      val settings = SparkSubmitUtils.buildIvySettings(remoteRepos = Some(repository).filter(_.nonEmpty), Some(ivy))
      SparkSubmitUtils.resolveMavenCoordinates(coordinate, settings, transitive = true)
    }
    val answer = resolved match {
      case Success(jars) => "jars" -> Some(jars.mkString(File.pathSeparator))
      case Failure(error) => "error" -> Some(Option(error.getMessage).getOrElse(error.toString))
    }
    Json.writeObject(Paths.get(resultFile), answer)
  }
}
