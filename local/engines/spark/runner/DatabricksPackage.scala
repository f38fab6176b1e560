package com.databricks.twin // what is private to com.databricks in the published interfaces

import com.databricks.backend.common.rpc.CommandContext
import com.databricks.backend.daemon.dbutils.FileInfo
import com.databricks.dbutils_v1.NotebookUtils

import twin.notebook.{NoHelp, NotebookExit, Unsupported}

/** The published FileInfo, less its need for classes that are not published. */
final class NotebookFileInfo(path: String, name: String, size: Long) extends FileInfo(path, name, size) {
  private def fields = (path, name, size)
  override def toString: String = s"FileInfo($path, $name, $size)"
  override def hashCode: Int = fields.hashCode
  override def equals(other: Any): Boolean = other match {
    case info: NotebookFileInfo => info.fields == fields
    case _ => false
  }
}

final class NotebookFlow extends NotebookUtils with NoHelp {
  override def exit(value: String): Unit = throw new NotebookExit(value)

  override def run(path: String, timeoutSeconds: Int, arguments: collection.Map[String, String],
      databricksSessionId: String): String = Unsupported("dbutils.notebook.run")
  override def getContext(): CommandContext = Unsupported("dbutils.notebook.getContext")
  override def setContext(ctx: CommandContext): Unit = Unsupported("dbutils.notebook.setContext")
}
