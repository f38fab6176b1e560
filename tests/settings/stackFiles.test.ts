import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { keys } from "../../settings/keys";
import { load, personal, projectDefaults, refusal, secretKeys, stackFile, stackFiles, withoutEngine } from "./config";

beforeAll(withoutEngine);

/** Values for what the head of a stack file tells people to set for themselves. */
const own: Record<string, string> = {
  ...personal,
  twitterBearerToken: "AAAAAAAAAAtoken",
  // The application that the pipeline logs in as runs the jobs.
  databricksUser: "7c9e6679-7425-40de-944b-e07fc1f90ae7",
  databricksTenantId: "0f8fad5b-d9cb-469f-a165-70867728950e",
};

/** Keys of the commands at the head of a stack file, but for those under "For ...", which are a choice. */
function placeholders(stack: keyof typeof stackFiles): string[] {
  const head = readFileSync(stackFiles[stack], "utf8").split(/^config:|^# For /m)[0];
  return [...head.matchAll(/^#.*pulumi config set .*streaming:(\w+)/gm)].map(([, key]) => key);
}

/** The stack file as it stands, without the values that other tests fill in. */
function asItStands(stack: keyof typeof stackFiles): Record<string, string | undefined> {
  return { ...Object.fromEntries(Object.keys(personal).map((key) => [key, undefined])), ...stackFile(stack) };
}

describe("the project file", () => {
  it("declares every key that the program reads, and no other", () => {
    const structured = Object.entries(keys).filter(([, { example }]) => typeof example === "object");
    const names = structured.map(([name]) => name);
    expect([...Object.keys(projectDefaults()), ...names].sort()).toEqual(Object.keys(keys).sort());
  });
});

describe.each(["dev", "prod"] as const)("Pulumi.%s.yaml as it is shipped", (stack) => {
  it("is accepted with nothing added but what its head tells people to set", () => {
    const values = Object.fromEntries(placeholders(stack).map((key) => [key, own[key]]));
    expect(refusal({ ...asItStands(stack), ...values })).toBe("");
  });

  it("is refused without any one of those, and for that alone", () => {
    const names = placeholders(stack);
    const values = Object.fromEntries(names.map((key) => [key, own[key]]));
    for (const missing of names) {
      const message = refusal({ ...asItStands(stack), ...values, [missing]: undefined });
      expect(message).toContain("1 problem");
      expect(message).toContain(`\`streaming:${missing}\`: got nothing`);
    }
  });
});

describe("the environments", () => {
  it.each(["dev", "local", "prod"] as const)("%s holds no secret", (stack) => {
    const names = Object.keys(stackFile(stack));
    for (const key of secretKeys) expect(names).not.toContain(`streaming:${key}`);
  });

  it("local loads once its keys and secrets are there", () => {
    expect(load(stackFile("local")).topics[0].name).toBe("tweets");
  });

  it("dev can be destroyed, and its idle cluster ends", () => {
    const { protect, spark, topics } = load({ ...own, ...stackFile("dev") });
    expect({ protect, minutes: spark.autoterminationMinutes }).toEqual({ protect: false, minutes: 20 });
    expect(topics[0].config["retention.ms"]).toBe(String(24 * 60 * 60 * 1000));
  });

  it("prod is protected, keeps a week on three brokers of four, and opens SSH to nobody by itself", () => {
    const { protect, kafka, topics } = load({ ...own, ...stackFile("prod") });
    expect({ protect, workers: kafka.workers }).toEqual({ protect: true, workers: 4 });
    expect(topics[0]).toMatchObject({ replicationFactor: 3, config: { "min.insync.replicas": "2" } });
    expect(topics[0].config["retention.ms"]).toBe(String(7 * 24 * 60 * 60 * 1000));
    expect(Object.keys(stackFile("prod"))).not.toContain("streaming:operatorAddresses");
  });
});
