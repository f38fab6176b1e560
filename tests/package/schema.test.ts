import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import * as components from "../../components";
import { packageSchema, schemaFile } from "../../tools/packageSchema/schema";

interface Schema {
  name: string;
  version: string;
  resources: Record<string, { isComponent: boolean; inputProperties: Record<string, { description?: string }> }>;
}

/** The package by which programs in other Pulumi languages get the components. */
describe("the component package", () => {
  let text: string;
  let schema: Schema;

  beforeAll(async () => {
    text = await packageSchema();
    schema = JSON.parse(text) as Schema;
  }, 240_000);

  it("has the schema that is kept beside it (else: npm run docs:package)", () => {
    expect(text).toBe(readFileSync(schemaFile, "utf8"));
  });

  it("has the project's name and version", () => {
    const { name, version } = JSON.parse(readFileSync("package.json", "utf8")) as Schema;
    expect({ name: schema.name, version: schema.version }).toEqual({ name, version });
  });

  it("has every component but those that need what no package can hand over", () => {
    const made = Object.entries(components).filter(([, value]) => `${value}`.startsWith("class "));
    const missing = made.map(([name]) => name).filter((name) => !schema.resources[`${schema.name}:index:${name}`]);
    expect(missing.sort()).toEqual([
      "ClusterPolicies",
      "KafkaAddresses",
      "Monitoring",
      "NotebookJob",
      "SecretScope",
      "SparkCluster",
    ]);
  });

  it("says of every argument what it is", () => {
    const silent = Object.values(schema.resources).flatMap(({ inputProperties }) =>
      Object.entries(inputProperties).filter(([, { description }]) => !description),
    );
    expect(silent).toEqual([]);
  });
});
