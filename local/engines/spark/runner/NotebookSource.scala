package twin.notebook

/** One cell of a notebook. `number` counts every cell from 1, as the notebook editor does. */
final case class Cell(number: Int, title: String, code: String)

/** Why a notebook cannot be run at all. Nothing of it has been run when this is thrown. */
final class NotebookSourceException(val cell: Int, message: String) extends Exception(message)

/**
 * Databricks' source format of a Scala notebook: a first line `// Databricks notebook source`, cells between lines
 * `// COMMAND ----------`, and cells in another language as comments that start with `// MAGIC %language`.
 */
object NotebookSource {
  private val Header = "// Databricks notebook source"
  private val Separator = """(?m)^// COMMAND -{5,}[ \t]*$"""
  private val Title = """// DBTITLE \d+,(.*)""".r
  private val Magic = """// MAGIC ?(.*)""".r
  private val Language = """%(\S+)([\s\S]*)""".r

  /**
   * The Scala cells, in order. Text cells (`%md`) are left out and empty ones too, but both are counted.
   * Throws NotebookSourceException for a text that is no notebook, and for a cell in another language.
   */
  def parse(source: String): Seq[Cell] = {
    val text = source.replace("\r\n", "\n").stripPrefix("\uFEFF")
    if (text.linesIterator.take(1).map(_.trim).toList != List(Header)) {
      throw new NotebookSourceException(0,
        s"This is not a notebook in source format: its first line must be `$Header`.")
    }
    val cells = text.drop(text.indexOf(Header) + Header.length).split(Separator, -1).toSeq
    cells.zipWithIndex.flatMap { case (body, index) => parseCell(index + 1, body) }
  }

  private def parseCell(number: Int, body: String): Option[Cell] = {
    val (titles, lines) = body.linesIterator.toList.partition(line => Title.pattern.matcher(line).matches)
    val title = titles.collectFirst { case Title(name) => name.trim }.getOrElse("")
    val written = lines.dropWhile(_.trim.isEmpty)
    val magic = written.takeWhile(line => Magic.pattern.matcher(line).matches)
    if (magic.isEmpty) scalaCell(number, title, written.mkString("\n"))
    else magic.collect { case Magic(line) => line }.mkString("\n").trim match {
      case Language("md" | "md-sandbox", _) => None
      case Language("scala", code) => scalaCell(number, title, (code +: written.drop(magic.length)).mkString("\n"))
      case Language(other, _) => throw new NotebookSourceException(number,
        s"Cell $number is a `%$other` cell. The twin runs Scala cells and skips `%md` cells; it has no other language.")
      case _ => throw new NotebookSourceException(number,
        s"Cell $number starts with `// MAGIC` but names no language such as `%md`.")
    }
  }

  private def scalaCell(number: Int, title: String, code: String): Option[Cell] =
    if (code.trim.isEmpty) None else Some(Cell(number, title, code.trim))
}
