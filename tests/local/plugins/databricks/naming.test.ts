import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { camelCase, fromApi, snakeCase, toApi } from "../../../../local/plugins/databricks/naming";
import { readSettings } from "../../../../local/plugins/databricks/settings";
import { ApiError } from "../../../../local/plugins/databricks/workspace";

describe("names", () => {
  it("change between the SDK's and the API's spelling and back", () => {
    const word = fc.stringMatching(/^[a-z]{1,8}$/);
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 4 }), (words) => {
        const name = words.join("_");
        expect(snakeCase(camelCase(name))).toBe(name);
      }),
    );
  });

  const job = {
    name: "producer",
    emailNotifications: { onFailures: ["me@example.com"] },
    tasks: [
      {
        taskKey: "main",
        dependsOns: [{ taskKey: "before" }],
        notebookTask: { notebookPath: "/n", baseParameters: { stopAfter: "100", "kafka.topic": "t", onStarts: "x" } },
        newCluster: { sparkConf: { "spark.appStatus": "on" }, customTags: { costCenter: "1" }, numWorkers: 1 },
      },
    ],
    parameters: [{ name: "p", default: "d" }],
  };

  it("of a job become the API's, except where the user chose them", () => {
    expect(toApi(job)).toEqual({
      name: "producer",
      email_notifications: { on_failure: ["me@example.com"] },
      tasks: [
        {
          task_key: "main",
          depends_on: [{ task_key: "before" }],
          notebook_task: {
            notebook_path: "/n",
            base_parameters: { stopAfter: "100", "kafka.topic": "t", onStarts: "x" },
          },
          new_cluster: { spark_conf: { "spark.appStatus": "on" }, custom_tags: { costCenter: "1" }, num_workers: 1 },
        },
      ],
      parameters: [{ name: "p", default: "d" }],
    });
  });

  it("of a job come back as they were", () => {
    expect(fromApi(toApi(job))).toEqual(job);
  });
});

describe("what is missing", () => {
  it.each([
    [404, "RESOURCE_DOES_NOT_EXIST", "anything"],
    [404, undefined, "no such route"],
    [400, "INVALID_PARAMETER_VALUE", "Cluster 0101-x does not exist"],
    [400, "INVALID_PARAMETER_VALUE", "Job 12 does not exist."],
    [400, "RESOURCE_DOES_NOT_EXIST", "Scope s doesn't exist"],
  ])("is recognised in %i %s %s", (status, code, message) => {
    expect(new ApiError(status, code, message).isMissing).toBe(true);
  });

  it.each([
    [400, "INVALID_PARAMETER_VALUE", "num_workers must not be negative"],
    [403, "PERMISSION_DENIED", "you may not see whether it does not exist"],
    [500, "INTERNAL_ERROR", "does not exist"],
  ])("is not seen in %i %s %s", (status, code, message) => {
    expect(new ApiError(status, code, message).isMissing).toBe(false);
  });
});

describe("the provider's settings", () => {
  it("come from the program first, then from the environment", () => {
    const settings = readSettings({ host: "https://w/" }, { DATABRICKS_HOST: "https://x", DATABRICKS_TOKEN: "t" });
    expect(settings).toEqual({ host: "https://w", token: "t", retryMs: 300_000 });
  });

  it("must ask for a token to sign in", () => {
    const read = (): unknown => readSettings({ host: "https://w", authType: "azure-cli", token: "t" }, {});
    expect(read).toThrow('`authType` is "azure-cli": the bundled databricks plugin signs in with a token only ("pat")');
  });

  it("must name the workspace and the token", () => {
    expect(() => readSettings({}, {})).toThrow("`host` of the databricks provider is missing");
    expect(() => readSettings({ host: "w" }, {})).toThrow("cannot sign in to w: give a token");
  });
});
