package twin.notebook

import java.util.concurrent.CompletableFuture

import org.apache.spark.SparkContext
import org.apache.spark.sql.{Dataset, SQLContext, SparkSession}

/**
 * What a notebook finds bound by name. An object rather than values of the REPL, so that a lambda of a cell does not
 * drag the session into its closure.
 */
object Bindings {
  /** Spark starts while the compiler loads; the first use waits. */
  val session = new CompletableFuture[SparkSession]()
  @volatile private[notebook] var utilities: Dbutils = _

  lazy val spark: SparkSession = session.get()
  def sc: SparkContext = spark.sparkContext
  def sqlContext: SQLContext = spark.sqlContext
  def dbutils: Dbutils = utilities

  /** Prints a table of up to `DisplayRows` rows; anything that is no Dataset is printed as it is. */
  def display(value: Any): Unit = value match {
    case data: Dataset[_] if data.isStreaming => throw new UnsupportedOperationException(
      "`display` of a streaming Dataset is not available on the twin. Start it instead: " +
        "`data.writeStream.format(\"console\").start()`.")
    case data: Dataset[_] => data.show(DisplayRows, truncate = 100)
    case other => println(other)
  }

  private val DisplayRows = 1000

  /** Run before the first cell. */
  val prelude: String =
    """import twin.notebook.Bindings.{spark, sc, sqlContext, dbutils, display}
      |import spark.implicits._""".stripMargin
}
