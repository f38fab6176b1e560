package twin.notebook

import java.io.{PrintWriter, StringWriter}
import java.lang.reflect.InvocationTargetException

import scala.tools.nsc.Settings
import scala.tools.nsc.interpreter.{IMain, IR}

/** A cell that did not compile; the message is the compiler's. */
final class CompileError(message: String) extends Exception(message, null, false, false)

/** The Scala REPL of Spark's shell: each line becomes classes in `classes`, from where Spark's tasks load them. */
final class Interpreter(classes: String) {
  private val echo = new StringWriter()
  private val repl = {
    val settings = new Settings(message => echo.append(message).append('\n'))
    settings.processArguments(List("-Yrepl-class-based", "-Yrepl-outdir", classes), processAll = true)
    settings.usejavacp.value = true
    new IMain(settings, new PrintWriter(echo))
  }
  keepExceptions()

  /** Loader of what the REPL compiles. Spark has to be started with it as context loader to find lambdas of cells. */
  def classLoader: ClassLoader = repl.classLoader

  /** Loads the compiler; takes a second or two. */
  def initialize(): Unit = repl.initializeSynchronous()

  /**
   * Runs the text and returns what the REPL echoes, such as `x: Int = 1`.
   * Throws CompileError, or whatever the text throws.
   */
  def run(code: String): String = {
    echo.getBuffer.setLength(0)
    val result = try repl.interpret(code) catch { case error: Throwable => throw unwrap(error) }
    result match {
      case IR.Success => echo.toString
      case IR.Error => throw new CompileError(tidy(echo.toString))
      case IR.Incomplete => throw new CompileError(
        "error: the cell ends in the middle of an expression: a bracket or quote is not closed")
    }
  }

  /**
   * Makes `interpret` throw what a cell throws. Left alone the REPL prints it, with the secrets that may be in it,
   * and keeps it in a variable that cannot be read back reliably in class-based mode. There is no public switch.
   */
  private def keepExceptions(): Unit = {
    val switch = classOf[IMain].getDeclaredMethods.find(_.getName.endsWith("bindExceptions_$eq")).get
    switch.setAccessible(true)
    switch.invoke(repl, java.lang.Boolean.FALSE)
  }

  private def unwrap(error: Throwable): Throwable = error match {
    case _: InvocationTargetException | _: ExceptionInInitializerError =>
      Option(error.getCause).fold(error)(unwrap)
    case _ => error
  }

  /** Line numbers count the wrapper that the REPL puts around a cell; they would only mislead. */
  private def tidy(message: String): String = message.replaceAll("(?m)^<console>:\\d+: ", "").trim
}
