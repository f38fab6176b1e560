package twin.notebook

import com.databricks.twin.NotebookFlow
import com.databricks.dbutils_v1._

import scala.collection.mutable

/** Ends the notebook with a value. No `catch` for ordinary exceptions in a notebook stops it. */
final class NotebookExit(val value: String) extends Error(s"Notebook exited: $value", null, false, false)

/**
 * `dbutils` of a notebook on the twin: widgets, secrets, files and `notebook.exit`, behind the interfaces that
 * Databricks publishes. Whatever else the interfaces have throws UnsupportedOperationException and names itself.
 */
final class Dbutils(
    parameters: Map[String, String],
    scopes: Map[String, Map[String, String]],
    hadoop: () => org.apache.hadoop.conf.Configuration,
) extends DBUtilsV1 with NoHelp {
  override val widgets: Widgets = new Widgets(parameters)
  override val secrets: SecretUtils = new Secrets(scopes)
  override val notebook: NotebookUtils = new NotebookFlow
  @transient override lazy val fs: DbfsUtils = new NotebookFiles(hadoop)
  override lazy val meta: MetaUtils = Unsupported("dbutils.meta")
  override lazy val preview: Preview = Unsupported("dbutils.preview")
  override lazy val library: LibraryUtils = Unsupported("dbutils.library")
  override lazy val credentials: DatabricksCredentialUtils = Unsupported("dbutils.credentials")
}

object Unsupported {
  def apply(what: String): Nothing = throw new UnsupportedOperationException(
    s"`$what` is not available on the twin. It has dbutils.widgets (text, dropdown, combobox, get, getAll, remove), " +
      "dbutils.secrets (get, getBytes, list, listScopes), dbutils.notebook.exit and dbutils.fs " +
      "(ls, mkdirs, rm, put, head, cp, mv).")
}

trait NoHelp extends WithHelpMethods {
  override def help(): Unit = Unsupported("dbutils help")
  override def help(methodName: String): Unit = Unsupported("dbutils help")
}

/** Widgets: a parameter of the run wins over the default. A parameter needs no widget to be read, as on Databricks. */
final class Widgets(parameters: Map[String, String]) extends WidgetsUtils with NoHelp {
  private val defaults = mutable.LinkedHashMap.empty[String, String]

  override def text(argName: String, defaultValue: String, label: String = null): Unit =
    defaults.synchronized(defaults(argName) = defaultValue)

  override def dropdown(argName: String, defaultValue: String, choices: Seq[String], label: String = null): Unit = {
    if (!choices.contains(defaultValue)) throw new DefaultValueNotInChoicesList(defaultValue)
    text(argName, defaultValue, label)
  }

  override def combobox(argName: String, defaultValue: String, choices: Seq[String], label: String = null): Unit =
    text(argName, defaultValue, label)

  override def get(argName: String): String =
    getAll.getOrElse(argName, throw new InputWidgetNotDefined(argName))

  /** Every parameter of the run and every widget, by name. */
  def getAll: Map[String, String] = defaults.synchronized(defaults.toMap ++ parameters)

  override def getArgument(argName: String, defaultValue: String): String = getAll.getOrElse(argName, defaultValue)

  override def remove(argName: String): Unit = defaults.synchronized {
    defaults.remove(argName).getOrElse(throw new InputWidgetNotDefined(argName))
  }

  override def removeAll(): Unit = defaults.synchronized(defaults.clear())

  override def multiselect(argName: String, defaultValue: String, choices: Seq[String], label: String = null): Unit =
    Unsupported("dbutils.widgets.multiselect")
}

/** Secrets of the run. What `get` returns is redacted wherever the notebook prints it. */
final class Secrets(scopes: Map[String, Map[String, String]]) extends SecretUtils with NoHelp {
  override def get(scope: String, key: String): String = in(scope).getOrElse(key,
    throw new IllegalArgumentException(s"Secret does not exist with scope: $scope and key: $key"))

  override def getBytes(scope: String, key: String): Array[Byte] = get(scope, key).getBytes("UTF-8")
  override def list(scope: String): Seq[SecretMetadata] = in(scope).keys.toSeq.sorted.map(SecretMetadata(_))
  override def listScopes(): Seq[SecretScope] = scopes.keys.toSeq.sorted.map(SecretScope(_))

  private def in(scope: String): Map[String, String] = scopes.getOrElse(scope,
    throw new IllegalArgumentException(s"Secret scope does not exist: $scope"))
}
