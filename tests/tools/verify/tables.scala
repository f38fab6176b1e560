// Databricks notebook source
// Delta tables as Spark writes them, for the tests of what reads them: `npx tsx tests/tools/verify/makeTables.ts`.
val folder = "/Volumes/main/streaming/tables"

/** Appends one file with records `from` until `to` of a partition, in a commit of its own. */
def append(table: String, partition: Int, from: Long, to: Long, codec: String = "snappy"): Unit =
  spark.range(from, to, 1, 1).selectExpr(s"concat('$partition-', id) AS id", s"$partition AS partition", "id AS offset")
    .write.format("delta").mode("append").option("compression", codec).save(s"$folder/$table")

def make(table: String, partitionedBy: Option[String], properties: (String, String)*): Unit = {
  import io.delta.tables.DeltaTable
  val columns = DeltaTable.create(spark).location(s"$folder/$table")
    .addColumn("id", "STRING").addColumn("partition", "INT").addColumn("offset", "BIGINT")
  val builder = partitionedBy.fold(columns)(name => columns.addColumn(name, "STRING").partitionedBy(name))
  properties.foldLeft(builder) { case (made, (name, value)) => made.property(name, value) }.execute()
}

// COMMAND ----------

// Version 0 has no rows; 1 to 6 append, with a checkpoint at 5; 7 is a compaction; 8 and 9 append; 10 deletes a record by
// writing its file anew, with a checkpoint; 11 appends.
make("stream", None, "delta.checkpointInterval" -> "5", "delta.enableDeletionVectors" -> "false")
val codecs = Seq("snappy", "zstd", "gzip", "lz4_raw", "uncompressed", "snappy")
codecs.zipWithIndex.foreach { case (codec, index) => append("stream", index % 2, index / 2 * 2, index / 2 * 2 + 2, codec) }
spark.sql(s"OPTIMIZE delta.`$folder/stream`")
append("stream", 0, 6, 8)
append("stream", 1, 6, 8)
spark.sql(s"DELETE FROM delta.`$folder/stream` WHERE partition = 1 AND offset = 6")
append("stream", 1, 8, 10)

// COMMAND ----------

// A table that may have deletion vectors, as new tables of Databricks may: it has none until version 2.
make("vectors", None, "delta.enableDeletionVectors" -> "true")
append("vectors", 0, 0, 4)
spark.sql(s"DELETE FROM delta.`$folder/vectors` WHERE offset = 2")

make("v2", None, "delta.checkpointPolicy" -> "v2", "delta.checkpointInterval" -> "2")
// One checkpoint of each form: at 2 in JSON, at 4 in Parquet.
for ((format, index) <- Seq("json", "parquet").zipWithIndex) {
  spark.conf.set("spark.databricks.delta.checkpointV2.topLevelFileFormat", format)
  append("v2", 0, index * 4, index * 4 + 2)
  append("v2", 0, index * 4 + 2, index * 4 + 4)
}

make("parts", None, "delta.checkpointInterval" -> "3")
spark.conf.set("spark.databricks.delta.checkpoint.partSize", "2")
for (from <- 0 until 6 by 2) append("parts", 0, from, from + 2)
spark.conf.unset("spark.databricks.delta.checkpoint.partSize")

// Names of folders that have to be encoded, and more than once.
make("kinds", Some("kind"))
spark.range(0, 2, 1, 1).selectExpr("concat('0-', id) AS id", "0 AS partition", "id AS offset", "'50% a+b' AS kind")
  .write.format("delta").mode("append").save(s"$folder/kinds")

