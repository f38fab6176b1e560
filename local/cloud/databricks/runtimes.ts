/** A Databricks runtime that is still supported for long. */
export interface Runtime {
  key: string;
  name: string;
  spark: string;
  scala: "2.12" | "2.13";
}

const runtime = (key: string, spark: string): Runtime => {
  const [, version, scala] = /^(.+?)(?:\.x)-scala(.+)$/.exec(key) as unknown as [string, string, Runtime["scala"]];
  return { key, name: `${version} LTS (includes Apache Spark ${spark}, Scala ${scala})`, spark, scala };
};

/** The long-term support runtimes, newest first, as `spark-versions` lists them. */
export const runtimes: readonly Runtime[] = [
  runtime("18.x-scala2.13", "4.1.0"),
  runtime("17.3.x-scala2.13", "4.0.0"),
  runtime("16.4.x-scala2.13", "3.5.2"),
  runtime("16.4.x-scala2.12", "3.5.2"),
  runtime("15.4.x-scala2.12", "3.5.0"),
  runtime("14.3.x-scala2.12", "3.5.0"),
];

export function findRuntime(key: string): Runtime | undefined {
  return runtimes.find((candidate) => candidate.key === key);
}

/** Does the twin's Spark, 3.5 on Scala 2.12, stand for this runtime's? */
const runsHere = (runtime: Runtime) => runtime.scala === "2.12" && runtime.spark.startsWith("3.5.");

/**
 * Why the twin cannot run notebooks on this runtime; undefined when it can. Such clusters may be created, since
 * everything but a run behaves as on Databricks.
 */
export function cannotRun(runtime: Runtime): string | undefined {
  if (runsHere(runtime)) return undefined;
  const possible = runtimes.filter(runsHere).map((other) => `\`${other.key}\``);
  return (
    `The local twin runs Spark 3.5 on Scala 2.12 only, and \`spark_version\` is \`${runtime.key}\` ` +
    `(Spark ${runtime.spark}, Scala ${runtime.scala}); notebooks run locally on ${possible.join(", ")}`
  );
}
