package twin.notebook

import java.nio.file.{Files, Path, Paths}

import com.fasterxml.jackson.core.JsonProcessingException
import org.apache.spark.sql.SparkSession

/** How a run ended, for the result file. */
sealed trait Outcome
final case class Succeeded(exitValue: Option[String]) extends Outcome
final case class Failed(message: String, cell: Option[Int], trace: Option[String]) extends Outcome
case object Canceled extends Outcome

/**
 * Runs one notebook: `twin.notebook.Runner RESULT_FILE WORK_DIR` with a Request as JSON on standard input.
 * Exit code 0 for success, 1 for a failure, 143 after SIGTERM; the result file says the same with its reasons.
 */
object Runner {
  def main(arguments: Array[String]): Unit = {
    val Array(resultFile, work) = arguments.map(Paths.get(_).toAbsolutePath)
    val request = try Request.parse(System.in.readAllBytes()) catch { case _: JsonProcessingException =>
      // The parser's own message quotes what it read, secrets included.
      System.err.println("The request on standard input is incomplete.")
      sys.exit(1)
    }
    val redact = new Redactor(request.secrets.values.flatMap(_.values))
    val output = new CellOutput(redact)
    output.install()
    val finish = new Finish(resultFile, redact, output)
    val run = new NotebookThread(request, work, output, finish)
    Cancellation.install(run, finish)
    run.start()
  }
}

/** Writes the result and ends the JVM, once, whoever comes first. */
final class Finish(resultFile: Path, redact: Redactor, output: CellOutput) {
  private val MaxTrace = 20000

  def apply(outcome: Outcome): Unit = synchronized {
    val (name, code) = outcome match {
      case _: Succeeded => ("SUCCESS", 0)
      case _: Failed => ("FAILED", 1)
      case Canceled => ("CANCELED", 143)
    }
    val (exitValue, failure) = outcome match {
      case Succeeded(value) => (value, None)
      case failed: Failed => (None, Some(failed))
      case Canceled => (None, None)
    }
    failure.foreach { failed =>
      val where = failed.cell.fold("")(cell => s" in cell $cell")
      output.say(s"FAILED$where: ${failed.trace.getOrElse(failed.message)}")
    }
    output.finish()
    Json.writeObject(resultFile,
      "outcome" -> Some(name),
      "exitValue" -> exitValue.map(redact(_)),
      "message" -> failure.map(failed => redact(failed.message)),
      "cell" -> failure.flatMap(_.cell),
      "trace" -> failure.flatMap(_.trace).map(trace => redact(trace).take(MaxTrace)))
    // Everything is written, and shutdown hooks would take another second.
    if (System.getProperty("twin.orderlyExit") == null) Runtime.getRuntime.halt(code) else System.exit(code)
  }
}

/** The notebook's own thread, with a stack that suits the Scala compiler. */
final class NotebookThread(request: Request, work: Path, output: CellOutput, finish: Finish)
    extends Thread(null, null, "notebook", 16L * 1024 * 1024) {

  override def run(): Unit = {
    val outcome = try runNotebook() catch {
      case error: NotebookSourceException => Failed(error.getMessage, Some(error.cell).filter(_ > 0), None)
      case error: Throwable => Failed(Traces.describe(error), None, Some(Traces.of(error)))
    }
    finish(if (Cancellation.requested) Canceled else outcome)
  }

  private def runNotebook(): Outcome = {
    val started = System.nanoTime()
    val cells = NotebookSource.parse(request.source)
    val classes = Files.createDirectories(work.resolve("classes"))
    val interpreter = new Interpreter(classes.toString)
    startSpark(interpreter.classLoader, classes)
    Bindings.utilities = new Dbutils(request.parameters, request.secrets,
      () => Bindings.spark.sessionState.newHadoopConf())
    Thread.currentThread.setContextClassLoader(interpreter.classLoader)
    interpreter.initialize()
    interpreter.run(Bindings.prelude)
    output.say(f"${request.name}: Spark ${Bindings.spark.version} ready after ${seconds(started)}%.1f s")
    runCells(interpreter, cells).getOrElse {
      waitForStreams()
      Succeeded(None)
    }
  }

  /** In a thread of its own, because the compiler takes as long to load and there are usually two cores. */
  private def startSpark(loader: ClassLoader, classes: Path): Unit = {
    val starter = new Thread(() =>
      try Bindings.session.complete {
        request.sparkConf.foldLeft(SparkSession.builder.appName(request.name)) {
          case (builder, (key, value)) => builder.config(key, value)
        }.config("spark.repl.class.outputDir", classes.toString).getOrCreate()
      } catch { case error: Throwable => Bindings.session.completeExceptionally(error) }, "spark-start")
    starter.setContextClassLoader(loader)
    starter.setDaemon(true)
    starter.start()
  }

  private def runCells(interpreter: Interpreter, cells: Seq[Cell]): Option[Outcome] =
    cells.iterator.map(runCell(interpreter, _)).collectFirst { case Some(outcome) => outcome }

  private def runCell(interpreter: Interpreter, cell: Cell): Option[Outcome] = {
    val started = System.nanoTime()
    output.enter(cell)
    try {
      if (cell.title.nonEmpty) output.say(s"# ${cell.title}")
      val echo = interpreter.run(cell.code)
      if (echo.trim.nonEmpty) output.say(echo.stripLineEnd)
      output.say(f"done in ${seconds(started)}%.1f s")
      None
    } catch {
      case exit: NotebookExit =>
        output.say(f"exit after ${seconds(started)}%.1f s: ${exit.value}")
        Some(Succeeded(Some(exit.value)))
      case error: CompileError => Some(Failed(error.getMessage, Some(cell.number), None))
      case error: Throwable => Some(Failed(Traces.describe(error), Some(cell.number), Some(Traces.of(error))))
    } finally output.leave()
  }

  /** A job on Databricks goes on while its streaming queries do, even when no cell waits for them. */
  private def waitForStreams(): Unit = {
    val queries = Bindings.spark.streams.active
    queries.foreach(query => output.say(s"Waiting for the streaming query ${Option(query.name).getOrElse(query.id)}"))
    while (queries.exists(_.isActive)) queries.foreach(_.awaitTermination(500))
    queries.foreach(_.awaitTermination())
  }

  private def seconds(since: Long): Double = (System.nanoTime() - since) / 1e9
}
