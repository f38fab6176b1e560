package twin.notebook

import java.io.FileNotFoundException
import java.net.URI
import java.nio.file.{Files, Paths}

import org.apache.hadoop.conf.Configuration
import org.apache.hadoop.fs._
import org.apache.hadoop.fs.permission.FsPermission
import org.apache.hadoop.security.AccessControlException
import org.apache.hadoop.util.Progressable

/**
 * Spark's default file system on the twin. As on Databricks its scheme is `dbfs:` and volumes are at
 * `/Volumes/<catalog>/<schema>/<volume>`; they are kept in one folder of this machine, `twin.volumes`.
 *
 * Any other path is refused, so that a notebook which works here does not depend on a DBFS root that new workspaces
 * do not have. The one exception is `twin.scratch`: Spark puts checkpoints of queries that named none into the
 * temporary folder *of the default file system*.
 *
 * With `twin.volumesMustExist`, a path below a volume that is not there is refused as on Databricks, where nobody makes a
 * volume by writing to it. A volume is there when it has its folder; what is above one, notebooks cannot make either.
 */
final class VolumesFileSystem extends FileSystem {
  private val disk = new RawLocalFileSystem
  private var mounts: Seq[(String, String)] = Nil
  private var volumesMustExist = false
  private var workingDirectory = new Path("dbfs:/Volumes")

  override def initialize(name: URI, conf: Configuration): Unit = {
    super.initialize(name, conf)
    setConf(conf)
    disk.initialize(URI.create("file:///"), conf)
    val scratch = conf.getTrimmed("twin.scratch")
    volumesMustExist = conf.getBoolean("twin.volumesMustExist", false)
    mounts = Seq("/Volumes" -> conf.getTrimmed("twin.volumes"), scratch -> scratch)
  }

  override def getScheme: String = "dbfs"
  override def getUri: URI = URI.create("dbfs:///")
  override def getWorkingDirectory: Path = workingDirectory
  override def setWorkingDirectory(path: Path): Unit = workingDirectory = makeQualified(path)

  override def open(path: Path, bufferSize: Int): FSDataInputStream = disk.open(onDisk(path), bufferSize)

  override def create(path: Path, permission: FsPermission, overwrite: Boolean, bufferSize: Int, replication: Short,
      blockSize: Long, progress: Progressable): FSDataOutputStream =
    disk.create(onDisk(path), overwrite, bufferSize, replication, blockSize, progress)

  override def append(path: Path, bufferSize: Int, progress: Progressable): FSDataOutputStream =
    disk.append(onDisk(path), bufferSize, progress)

  override def rename(from: Path, to: Path): Boolean = disk.rename(onDisk(from), onDisk(to))
  override def delete(path: Path, recursive: Boolean): Boolean = disk.delete(onDisk(path), recursive)
  override def mkdirs(path: Path, permission: FsPermission): Boolean = disk.mkdirs(onDisk(path))
  override def listStatus(path: Path): Array[FileStatus] = disk.listStatus(onDisk(path)).map(asSeen)
  override def getFileStatus(path: Path): FileStatus = asSeen(disk.getFileStatus(onDisk(path)))

  private def onDisk(path: Path): Path = {
    val name = makeQualified(path).toUri.getPath
    val (mount, folder) = mounts.find { case (mount, _) => within(mount, name) }
      .getOrElse(throw new AccessControlException(s"`$name` is not on a volume. Use a path such as " +
        "/Volumes/main/streaming/data, or file:/... for this machine's disk."))
    if (volumesMustExist && mount == "/Volumes") requireVolume(folder, name)
    new Path(s"file:$folder${name.drop(mount.length)}")
  }

  /**
   * The text is Databricks': https://github.com/databricks-demos/dbdemos/issues/172. There Spark's planner says it with an
   * AnalysisException; a file that is not found is what Spark expects of a file system.
   */
  private def requireVolume(folder: String, name: String): Unit = name.split('/').drop(2) match {
    case Array(catalog, schema, volume, _*) if !Files.isDirectory(Paths.get(folder, catalog, schema, volume)) =>
      throw new FileNotFoundException(s"[UC_VOLUME_NOT_FOUND] Volume `$catalog`.`$schema`.`$volume` does not exist. " +
        "Please use 'SHOW VOLUMES' to list available volumes. SQLSTATE: 42704")
    case above if above.length < 3 && !Files.isDirectory(Paths.get(folder, above: _*)) =>
      throw new FileNotFoundException(s"`$name` is not in a volume, and there is no such catalog or schema.")
    case _ =>
  }

  private def asSeen(status: FileStatus): FileStatus = {
    val name = status.getPath.toUri.getPath
    val (mount, folder) = mounts.find { case (_, folder) => within(folder, name) }.get
    new FileStatus(status.getLen, status.isDirectory, status.getReplication.toInt, status.getBlockSize,
      status.getModificationTime, new Path(s"dbfs:$mount${name.drop(folder.length)}"))
  }

  private def within(folder: String, name: String): Boolean = name == folder || name.startsWith(s"$folder/")
}

/** The same for Hadoop's other interface, which Structured Streaming and Delta use for their atomic renames. */
final class VolumesFileContext(uri: URI, conf: Configuration)
    extends DelegateToFileSystem(uri, new VolumesFileSystem, conf, "dbfs", false)
