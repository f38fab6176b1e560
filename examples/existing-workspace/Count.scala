// Databricks notebook source
dbutils.widgets.text("upTo", "100")

// COMMAND ----------

val upTo = dbutils.widgets.get("upTo").toLong
val sum = spark.range(1, upTo + 1).selectExpr("sum(id)").first().getLong(0)
dbutils.notebook.exit(s"The sum of 1 to $upTo is $sum")
