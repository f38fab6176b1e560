import { existsSync, readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RunResult } from "../../../../local/engines/spark";
import { exitValue, notebook, sparkTimeout, TestEngine } from "./runs";

const canary = 'canary-"7f3a\\b\nsecond-line-of-canary';
const secrets = { app: { key: canary, other: "x1y2z3" }, empty: {} };
let twin: TestEngine;

beforeAll(() => {
  twin = new TestEngine();
});
afterAll(() => twin.close());

describe("a notebook that does all it may", () => {
  const source = notebook(
    "// MAGIC %md\n// MAGIC # Not Scala at all",
    `// DBTITLE 1,Widgets
dbutils.widgets.text("given", "default", "Given")
dbutils.widgets.text("left", "default", "Left alone")
dbutils.widgets.dropdown("choice", "a", Seq("a", "b"))
dbutils.widgets.combobox("combo", "c", Seq("c", "d"))
dbutils.widgets.text("gone", "x")
dbutils.widgets.remove("gone")
def attempt(work: => Any): String = scala.util.Try(work).fold(_.toString, _.toString)
val answers = scala.collection.mutable.LinkedHashMap.empty[String, String]
def note(name: String)(work: => Any): Unit = answers(name) = attempt(work)
note("given")(dbutils.widgets.get("given"))
note("left")(dbutils.widgets.get("left"))
note("undeclared")(dbutils.widgets.get("undeclared"))
note("gone")(dbutils.widgets.get("gone"))
note("all")(dbutils.widgets.getAll.toSeq.sorted.mkString(" "))
note("badDefault")(dbutils.widgets.dropdown("bad", "z", Seq("a")))
note("multiselect")(dbutils.widgets.multiselect("m", "a", Seq("a")))`,
    `val secret = dbutils.secrets.get("app", "key")
println("straight: " + secret)
print("in pieces: "); secret.foreach(letter => print(letter)); println()
System.err.println("on standard error: " + secret)
note("length")(secret.length)
note("listed")(dbutils.secrets.list("app").map(_.key).mkString(" "))
note("scopes")(dbutils.secrets.listScopes().map(_.name).mkString(" "))
note("noKey")(dbutils.secrets.get("app", "nope"))
note("noScope")(dbutils.secrets.get("nope", "key"))`,
    `val folder = "/Volumes/main/test/files"
dbutils.fs.mkdirs(folder)
dbutils.fs.put(s"$folder/a.txt", "hello world")
note("again")(dbutils.fs.put(s"$folder/a.txt", "other"))
note("head")(dbutils.fs.head(s"dbfs:$folder/a.txt", 5))
dbutils.fs.cp(s"$folder/a.txt", s"$folder/b.txt")
dbutils.fs.mv(s"$folder/b.txt", s"$folder/deep/c d.txt")
note("ls")(dbutils.fs.ls(folder).map(file => s"\${file.path}=\${file.size}").mkString(" "))
note("outside")(dbutils.fs.put("/tmp/outside.txt", "x"))
note("escape")(dbutils.fs.put("/Volumes/../escape.txt", "x"))
note("readOutside")(spark.read.text("/etc/passwd").count())
note("mount")(dbutils.fs.mount("abfss://x", "/mnt/x"))
note("run")(dbutils.notebook.run("/other", 10))`,
    "case class Pair(id: Int, name: String)",
    `val pairs = Seq(Pair(1, "one"), Pair(2, "two")).toDS
val doubled = pairs.map(pair => pair.copy(id = pair.id * 2))
display(doubled)
note("sum")(doubled.agg(Map("id" -> "sum")).as[Long].head)
note("streamDisplay")(display(spark.readStream.format("rate").load()))
doubled.write.json(s"$folder/json")
doubled.write.format("delta").save(s"$folder/delta")
note("delta")(spark.read.format("delta").load(s"$folder/delta").count())`,
    `import org.apache.spark.sql.streaming.Trigger
def stream(): Unit = spark.readStream.schema("id INT, name STRING").json(s"$folder/json").writeStream.format("delta")
  .option("checkpointLocation", s"$folder/checkpoint").trigger(Trigger.AvailableNow()).start(s"$folder/streamed").awaitTermination()
stream()
stream()
note("streamed")(spark.read.format("delta").load(s"$folder/streamed").count())
spark.readStream.schema("id INT, name STRING").json(s"$folder/json").writeStream.format("memory").queryName("rows")
  .trigger(Trigger.AvailableNow()).start().awaitTermination()
note("memory")(spark.table("rows").count())`,
    '// MAGIC %scala\n// MAGIC note("scalaCell")(sc.parallelize(1 to 4).sum)',
    `try {
  dbutils.notebook.exit(new com.fasterxml.jackson.databind.ObjectMapper().writeValueAsString({
    val map = new java.util.LinkedHashMap[String, String](); (answers + ("secret" -> secret)).foreach { case (k, v) => map.put(k, v) }; map
  }))
} catch { case error: Exception => println("caught the exit") }`,
    'println("never reached")',
  );
  let run: { result: RunResult; log: string };
  let answers: Record<string, string>;

  beforeAll(async () => {
    run = await twin.run(source, { runId: "all", parameters: { given: "by the run", undeclared: "too" }, secrets });
    answers = JSON.parse(exitValue(run));
  }, sparkTimeout);

  it("reads widgets: a parameter wins over a default, and needs no widget", () => {
    expect(answers).toMatchObject({ given: "by the run", left: "default", undeclared: "too" });
    expect(answers.all).toBe("(choice,a) (combo,c) (given,by the run) (left,default) (undeclared,too)");
    expect(answers.gone).toContain("InputWidgetNotDefined");
    expect(answers.badDefault).toContain("DefaultValueNotInChoicesList");
  });

  it("reads secrets, and redacts them in everything that leaves the notebook", () => {
    expect(answers).toMatchObject({ length: String(canary.length), listed: "key other", scopes: "app empty" });
    expect(answers.noKey).toContain("Secret does not exist with scope: app and key: nope");
    expect(answers.noScope).toContain("Secret scope does not exist: nope");
    expect(answers.secret).toBe("[REDACTED]");
    expect(run.log).toMatch(/straight: \[REDACTED\]/);
    expect(run.log).toMatch(/in pieces: \[REDACTED\]/);
    expect(run.log).toMatch(/on standard error: \[REDACTED\]/);
    const kept = readdirSync(twin.home, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    for (const file of kept) {
      const text = readFileSync(path.join(file.parentPath, file.name), "utf8");
      expect(text, file.name).not.toMatch(/canary-|second-line-of/);
    }
  });

  it("keeps volumes in the home, and nothing else", () => {
    expect(answers).toMatchObject({ head: "hello" });
    expect(answers.again).toContain("already exists");
    expect(answers.ls).toBe("dbfs:/Volumes/main/test/files/a.txt=11 dbfs:/Volumes/main/test/files/deep/=0");
    expect(readFileSync(twin.onDisk("/Volumes/main/test/files/deep/c d.txt"), "utf8")).toBe("hello world");
    for (const name of ["outside", "escape", "readOutside"]) {
      expect(answers[name], name).toMatch(/is not on a volume\. Use a path such as \/Volumes\//);
    }
    expect(existsSync("/tmp/outside.txt")).toBe(false);
  });

  it("names what it does not have", () => {
    expect(answers.multiselect).toContain("UnsupportedOperationException: `dbutils.widgets.multiselect` is not");
    expect(answers.mount).toContain("UnsupportedOperationException: `dbutils.fs.mount` is not available");
    expect(answers.run).toContain("UnsupportedOperationException: `dbutils.notebook.run` is not available");
    expect(answers.streamDisplay).toContain("`display` of a streaming Dataset is not available");
  });

  it("runs Spark with classes and lambdas of cells, files, Delta and checkpoints on volumes", () => {
    expect(answers).toMatchObject({ sum: "6", delta: "2", streamed: "2", memory: "2", scalaCell: "10.0" });
    expect(run.log).toMatch(/^\[cell 6\] \| {2}2\| one\|$/m);
    expect(existsSync(twin.onDisk("/Volumes/main/test/files/checkpoint/commits/0"))).toBe(true);
  });

  it("says which cell a line of output comes from, and stops at the exit", () => {
    expect(run.log).toMatch(/^\[cell 2\] # Widgets$/m);
    expect(run.log).toMatch(/^\[cell 5\] defined class Pair$/m);
    expect(run.log).not.toContain("Not Scala at all");
    expect(run.log).not.toContain("never reached");
    expect(run.log).not.toContain("caught the exit");
  });

  it("leaves only log and result of a run", () => {
    expect(readdirSync(path.join(twin.home, "runs", "all")).sort()).toEqual(["log", "result.json"]);
  });
});

describe("a notebook that fails", () => {
  it("stops at the first error and reports cell, message and trace", { timeout: sparkTimeout }, async () => {
    const source = notebook(
      'val key = dbutils.secrets.get("app", "other")',
      'def fail(): Int = throw new IllegalStateException("no such thing: " + key)',
      "val value = Seq(1).map(_ => fail())",
      'println("never reached")',
    );
    const libraries = ["org.apache.bahir:spark-streaming-twitter_2.11:2.2.0"];
    const { result, log } = await twin.run(source, { secrets, libraries });
    expect(result).toMatchObject({
      outcome: "FAILED",
      cell: 3,
      message: "java.lang.IllegalStateException: no such thing: [REDACTED]",
    });
    const { trace } = result as { trace: string };
    expect(trace).toMatch(/^java\.lang\.IllegalStateException: no such thing: \[REDACTED\]\n\s+at .*fail\(<console>/);
    expect(trace).not.toMatch(/scala\.tools\.nsc|twin\.notebook/);
    expect(log).toContain("FAILED in cell 3");
    expect(log).not.toContain("never reached");
    expect(`${log}${JSON.stringify(result)}`).not.toContain("x1y2z3");
  });

  it("reports what does not compile before any of the cell has run", { timeout: sparkTimeout }, async () => {
    const source = notebook('println("first")', 'println("second")\nval count: Int = "three"', 'println("third")');
    const { result, log } = await twin.run(source);
    expect(result).toMatchObject({ outcome: "FAILED", cell: 2 });
    const { message } = result as { message: string };
    expect(message).toMatch(/error: type mismatch;[\s\S]*found\s+: String\("three"\)[\s\S]*required: Int/);
    expect(message).toContain('val count: Int = "three"');
    expect(log).toContain("first");
    expect(log).not.toMatch(/second$|third$/m);
  });

  it.each([
    ["a text that is no notebook", "println(1)", undefined, /its first line must be `\/\/ Databricks notebook source`/],
    [
      "a cell in another language",
      notebook("println(1)", "// MAGIC %sql\n// MAGIC select 1"),
      2,
      /Cell 2 is a `%sql` cell/,
    ],
  ])("refuses %s before anything runs", { timeout: sparkTimeout }, async (_, source, cell, message) => {
    const { result, log } = await twin.run(source);
    expect(result).toMatchObject({ outcome: "FAILED", message: expect.stringMatching(message) });
    expect((result as { cell?: number }).cell).toBe(cell);
    expect(log).not.toContain("Spark");
  });
});
