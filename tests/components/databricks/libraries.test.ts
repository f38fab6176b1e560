import { describe, expect, it } from "vitest";
import { librariesFor, runtimeKeys } from "../../../components/databricks/runtime";
import { scalaMismatch } from "../../../local/cloud/databricks/library";
import { runtimes } from "../../../local/cloud/databricks/runtimes";

describe("libraries", () => {
  const java = "com.twitter:twitter-api-java-sdk:2.0.3";
  const twitter = "org.apache.bahir:spark-streaming-twitter_2.12:2.4.0";
  const kafka = "org.apache.spark:spark-streaming-kafka-0-10";
  const table: Record<string, string[]> = {
    "14.3.x-scala2.12": [`${kafka}_2.12:3.5.3`, twitter, java],
    "15.4.x-scala2.12": [`${kafka}_2.12:3.5.3`, twitter, java],
    "16.4.x-scala2.12": [`${kafka}_2.12:3.5.3`, twitter, java],
    "16.4.x-scala2.13": [`${kafka}_2.13:3.5.1`, java],
    "17.3.x-scala2.13": [`${kafka}_2.13:4.0.3`, java],
    "18.x-scala2.13": [`${kafka}_2.13:4.1.2`, java],
  };

  it.each(Object.entries(table))("of %s are builds for its Scala version", (runtime, expected) => {
    expect(librariesFor(runtime)).toEqual(expected);
    const scala = runtime.split("-scala")[1] as string;
    for (const coordinates of librariesFor(runtime)) {
      expect(scalaMismatch({ maven: { coordinates } }, scala), coordinates).toBeUndefined();
    }
  });

  it("are known for each runtime that Databricks supports for long, and no other", () => {
    expect(Object.keys(table).sort()).toEqual([...runtimeKeys].sort());
    expect(runtimes.map(({ key }) => key).sort()).toEqual([...runtimeKeys].sort());
  });

  it("of a variant of a runtime are those of the runtime", () => {
    expect(librariesFor("16.4.x-photon-scala2.12")).toEqual(table["16.4.x-scala2.12"]);
    expect(librariesFor("17.3.x-cpu-ml-scala2.13")).toEqual(table["17.3.x-scala2.13"]);
  });

  it.each(["9.1.x-scala2.12", "17.3.x-scala2.12", "15.4.x-scala2.13", "latest"])(
    "of %s are refused, with the runtimes that are known",
    (runtime) => {
      expect(() => librariesFor(runtime)).toThrow(
        `\`sparkVersion\` is \`${runtime}\`, and needs to be a supported long-term Databricks runtime: 14.3.x-scala2.12, 15.4.x-scala2.12, 16.4.x-scala2.12, 16.4.x-scala2.13, 17.3.x-scala2.13, 18.x-scala2.13.`,
      );
    },
  );
});
