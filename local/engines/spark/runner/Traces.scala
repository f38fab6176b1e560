package twin.notebook

import java.io.{PrintWriter, StringWriter}

/** Stack traces as the author of a notebook wants them. */
object Traces {
  private val MaxFrames = 20
  private val Frame = "\\s+(at |\\.\\.\\. \\d+ more).*"

  /** Class and message, such as `java.lang.IllegalStateException: the topic is gone`. */
  def describe(error: Throwable): String =
    error.getClass.getName + Option(error.getMessage).fold("")(": " + _)

  /** The trace up to the cell's own code: below it there is only the REPL. Deep frames of Spark are cut too. */
  def of(error: Throwable): String = {
    val text = new StringWriter()
    error.printStackTrace(new PrintWriter(text, true))
    blocks(text.toString.linesIterator.toList).flatMap { case (header, frames) =>
      val own = frames.takeWhile(frame => !frame.contains(".$eval$.") && !frame.contains("twin.notebook."))
      header ++ (if (own.length <= MaxFrames) own else own.take(MaxFrames) :+ s"\t... ${own.length - MaxFrames} more")
    }.mkString("\n")
  }

  /** Splits at each `Caused by`: lines of the message, then its frames. */
  private def blocks(lines: List[String]): List[(List[String], List[String])] = lines match {
    case Nil => Nil
    case _ =>
      val (header, rest) = lines.span(!_.matches(Frame))
      val (frames, others) = rest.span(_.matches(Frame))
      (header, frames) :: blocks(others)
  }
}
