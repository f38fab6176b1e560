package twin.notebook

import java.nio.charset.StandardCharsets.UTF_8

import com.databricks.backend.daemon.dbutils.{FileInfo, MountInfo}
import com.databricks.dbutils_v1.DbfsUtils
import com.databricks.twin.NotebookFileInfo
import org.apache.hadoop.conf.Configuration
import org.apache.hadoop.fs.{FileAlreadyExistsException, FileSystem, FileUtil, Path}

/** `dbutils.fs`, on the file systems that Spark has: `/Volumes/...`, `dbfs:/Volumes/...` and `file:/...`. */
final class NotebookFiles(hadoop: () => Configuration) extends DbfsUtils with NoHelp {
  override def ls(dir: String): Seq[FileInfo] = on(dir) { (fs, path) =>
    fs.listStatus(path).toSeq.sortBy(_.getPath.getName).map { found =>
      val slash = if (found.isDirectory) "/" else ""
      val size = if (found.isDirectory) 0L else found.getLen
      new NotebookFileInfo(found.getPath.toString + slash, found.getPath.getName + slash, size)
    }
  }

  override def mkdirs(dir: String): Boolean = on(dir)(_.mkdirs(_))

  override def rm(dir: String, recurse: Boolean = false): Boolean = on(dir)(_.delete(_, recurse))

  override def put(file: String, contents: String, overwrite: Boolean = false): Boolean = on(file) { (fs, path) =>
    if (!overwrite && fs.exists(path)) throw new FileAlreadyExistsException(s"$file already exists")
    val out = fs.create(path, overwrite)
    try out.write(contents.getBytes(UTF_8)) finally out.close()
    true
  }

  override def head(file: String, maxBytes: Int = 65536): String = on(file) { (fs, path) =>
    val in = fs.open(path)
    try new String(in.readNBytes(maxBytes), UTF_8) finally in.close()
  }

  override def cp(from: String, to: String, recurse: Boolean = false): Boolean = copy(from, to, recurse, move = false)
  override def mv(from: String, to: String, recurse: Boolean = false): Boolean = copy(from, to, recurse, move = true)

  private def copy(from: String, to: String, recurse: Boolean, move: Boolean): Boolean = on(from) { (source, path) =>
    if (source.getFileStatus(path).isDirectory && !recurse) {
      throw new IllegalArgumentException(s"$from is a directory; pass recurse = true")
    }
    on(to)((target, toPath) => FileUtil.copy(source, path, target, toPath, move, true, hadoop()))
  }

  private def on[T](name: String)(work: (FileSystem, Path) => T): T = {
    val path = new Path(name)
    work(path.getFileSystem(hadoop()), path)
  }

  override def dbfs: FileSystem = FileSystem.get(hadoop())
  override def cacheTable(tableName: String): Boolean = Unsupported("dbutils.fs.cacheTable")
  override def uncacheTable(tableName: String): Boolean = Unsupported("dbutils.fs.uncacheTable")
  override def cacheFiles(files: String*): Boolean = Unsupported("dbutils.fs.cacheFiles")
  override def uncacheFiles(files: String*): Boolean = Unsupported("dbutils.fs.uncacheFiles")
  override def mount(source: String, mountPoint: String, encryptionType: String, owner: String,
      extraConfigs: collection.Map[String, String]): Boolean = Unsupported("dbutils.fs.mount")
  override def refreshMounts(): Boolean = Unsupported("dbutils.fs.refreshMounts")
  override def mounts(): Seq[MountInfo] = Unsupported("dbutils.fs.mounts")
  override def unmount(mountPoint: String): Boolean = Unsupported("dbutils.fs.unmount")
}
