package twin.notebook

import java.io.{ByteArrayOutputStream, OutputStream, PrintStream}
import java.nio.charset.StandardCharsets.UTF_8

/**
 * Replaces secret values in text by `[REDACTED]`, as Databricks does in cell output. Values are also found in the
 * form they have inside a JSON string, and the lines of a value of several lines are found one by one.
 */
final class Redactor(secrets: Iterable[String]) {
  private val needles: Seq[String] = secrets.toSeq
    .flatMap(secret => secret +: secret.split("[\r\n]+").toSeq.filter(_.trim.length >= 4))
    .flatMap(text => Seq(text, Json.text(text).drop(1).dropRight(1)))
    .filter(_.trim.nonEmpty)
    .distinct
    .sortBy(-_.length) // the longest first, else a secret that contains another would leave its rest behind

  def apply(text: String): String = needles.foldLeft(text)((result, needle) => result.replace(needle, "[REDACTED]"))
}

/**
 * Writes whole lines only, redacted and with a prefix: a secret printed in pieces is still one line when it is looked
 * for, and two threads do not share a line. The prefix tells a reader of the log which cell a line comes from.
 */
final class LineStream(target: OutputStream, redact: Redactor, prefix: () => String) extends OutputStream {
  private val line = new ByteArrayOutputStream()

  override def write(byte: Int): Unit = synchronized {
    if (byte == '\n') emit() else line.write(byte)
  }

  override def write(bytes: Array[Byte], offset: Int, length: Int): Unit = synchronized {
    var index = offset
    while (index < offset + length) {
      write(bytes(index).toInt)
      index += 1
    }
  }

  /** Ends an unfinished line. `flush` does not, because a secret could be half written. */
  def finish(): Unit = synchronized {
    if (line.size > 0) emit()
    target.flush()
  }

  private def emit(): Unit = {
    val text = new String(line.toByteArray, UTF_8).stripSuffix("\r")
    line.reset()
    target.write((prefix() + redact(text) + "\n").getBytes(UTF_8))
    target.flush()
  }
}

/** What the notebook and Spark print, on its way to the log of the run. */
final class CellOutput(redact: Redactor) {
  @volatile private var label = "[notebook] "
  private val standard = new LineStream(System.out, redact, () => label)
  private val error = new LineStream(System.err, redact, () => "")

  /**
   * Takes over `System.out` and `System.err`. Must come before the first use of Scala's Console and of log4j,
   * which keep the streams that they find.
   */
  def install(): Unit = {
    System.setOut(new PrintStream(standard, true, "UTF-8"))
    System.setErr(new PrintStream(error, true, "UTF-8"))
  }

  def enter(cell: Cell): Unit = label = s"[cell ${cell.number}] "
  def leave(): Unit = {
    standard.finish()
    label = "[notebook] "
  }
  def say(text: String): Unit = System.out.println(text)
  def finish(): Unit = {
    standard.finish()
    error.finish()
  }
}
