import * as databricks from "@pulumi/databricks";
import { beforeAll, describe, expect, it } from "vitest";
import { type AccessLevel, ClusterPolicies, NotebookJob, SparkCluster } from "../../../components";
import { librariesFor } from "../../../components/databricks/runtime";
import { Recording, settled } from "../recording";

describe("clusters, jobs, notebooks and policies with names of their own", () => {
  const connection = () => ({
    provider: new databricks.Provider("mine", { host: "https://adb-9.9.azuredatabricks.net" }),
  });
  const compute = {
    ...{ sparkVersion: "17.3.x-scala2.13", nodeType: "Standard_D4ds_v5", workers: 2, user: "me@example.com" },
    tags: { owner: "me" },
  };

  it("are called so in Databricks, with tags on the machines and further libraries", async () => {
    const recording = new Recording();
    const workspace = connection();
    new SparkCluster("spark", {
      ...{ ...compute, workspace, autoterminationMinutes: 30 },
      ...{ clusterName: "For everybody", libraries: ["com.example:more_2.13:1.0.0"] },
    });
    new NotebookJob("job", {
      ...{ ...compute, workspace, notebookFile: "notebooks/KafkaConsumer.scala", parameters: { topic: "tweets" } },
      ...{ jobName: "Nightly", notebookPath: "/Shared/team/consumer" },
    });
    await recording.finished();
    const libraries = [...librariesFor("17.3.x-scala2.13"), "com.example:more_2.13:1.0.0"];
    expect(recording.named("spark-cluster").inputs).toEqual({
      clusterName: "For everybody",
      sparkVersion: "17.3.x-scala2.13",
      nodeTypeId: "Standard_D4ds_v5",
      numWorkers: 2,
      autoterminationMinutes: 30,
      dataSecurityMode: "SINGLE_USER",
      singleUserName: "me@example.com",
      customTags: { owner: "me" },
      libraries: libraries.map((coordinates) => ({ maven: { coordinates } })),
    });
    expect(recording.named("job-notebook").inputs).toMatchObject({ path: "/Shared/team/consumer", language: "SCALA" });
    expect(recording.named("job-job").inputs).toMatchObject({
      name: "Nightly",
      tasks: [{ notebookTask: { notebookPath: "/Shared/team/consumer", baseParameters: { topic: "tweets" } } }],
      jobClusters: [{ newCluster: { customTags: { owner: "me" }, numWorkers: 2, singleUserName: "me@example.com" } }],
    });
    // Nobody was given access, and nobody is told of anything.
    expect(recording.resources.filter(({ type }) => type.endsWith(":Permissions"))).toEqual([]);
    expect(recording.named("job-job").inputs).not.toHaveProperty("emailNotifications");
  });

  it("have policies of that name, which only admins may use where no group is named", async () => {
    const recording = new Recording();
    const limits = { nodeTypes: ["Standard_D4ds_v5"], maxWorkers: 3, maxAutoterminationMinutes: 60 };
    new ClusterPolicies("policy", { workspace: connection(), limits, policyName: "team" });
    await recording.finished();
    const made = recording.resources.filter(({ type }) => type.startsWith("databricks:"));
    expect(made.map(({ name, inputs }) => [name, inputs.name])).toEqual([
      ["policy-interactive", "team-interactive"],
      ["policy-jobs", "team-jobs"],
    ]);
  });
});

describe("clusters, jobs and notebooks with limits, a group and alerts", () => {
  const made = async (level: AccessLevel) => {
    const recording = new Recording();
    const provider = new databricks.Provider("mine", { host: "https://adb-9.9.azuredatabricks.net" });
    const limits = {
      nodeTypes: ["Standard_D4ds_v5", "Standard_D8ds_v5"],
      maxWorkers: 3,
      maxAutoterminationMinutes: 60,
    };
    const access = { group: "engineers", level };
    const policies = new ClusterPolicies("policy", { workspace: { provider }, limits, access });
    const compute = {
      ...{ workspace: { provider }, sparkVersion: "16.4.x-scala2.12", nodeType: "Standard_D4ds_v5", workers: 1 },
      ...{ user: "me@example.com", access },
    };
    const alerts = { emails: ["ops@example.com"], backlogRecords: 500 };
    const notebook = { notebookFile: "notebooks/KafkaConsumer.scala", parameters: {} };
    const spark = new SparkCluster("spark", {
      ...compute,
      autoterminationMinutes: 20,
      policyId: policies.interactive,
    });
    const jobs = [
      new NotebookJob("consumer", { ...compute, ...notebook, policyId: policies.jobs, alerts }),
      new NotebookJob("failures", { ...compute, ...notebook, alerts: { emails: alerts.emails } }),
    ];
    await Promise.all([spark.clusterId, ...jobs.map((job) => job.jobId)].map((output) => settled<unknown>(output)));
    await new Promise((resolve) => setTimeout(resolve, 100));
    return recording;
  };
  let recording: Recording;
  beforeAll(async () => {
    recording = await made("run");
  });

  it("has one policy for interactive clusters and one for jobs, which know no automatic end", () => {
    const common = {
      node_type_id: {
        type: "allowlist",
        values: ["Standard_D4ds_v5", "Standard_D8ds_v5"],
        defaultValue: "Standard_D4ds_v5",
      },
      driver_node_type_id: { type: "allowlist", values: ["Standard_D4ds_v5", "Standard_D8ds_v5"], isOptional: true },
      num_workers: { type: "range", maxValue: 3, isOptional: true },
      "autoscale.max_workers": { type: "range", maxValue: 3, isOptional: true },
      data_security_mode: { type: "fixed", value: "SINGLE_USER" },
    };
    const { name, definition } = recording.named("policy-interactive").inputs as Record<string, string>;
    expect(name).toBe("policy-interactive");
    expect(JSON.parse(definition)).toEqual({
      ...common,
      cluster_type: { type: "fixed", value: "all-purpose" },
      autotermination_minutes: { type: "range", minValue: 10, maxValue: 60, defaultValue: 60 },
    });
    expect(JSON.parse(recording.named("policy-jobs").inputs.definition as string)).toEqual({
      ...common,
      cluster_type: { type: "fixed", value: "job" },
    });
  });

  it("makes each cluster with the policy of its kind", () => {
    expect(recording.named("spark-cluster").inputs.policyId).toBe("policy-interactive-id");
    expect(recording.named("consumer-job").inputs).toMatchObject({
      jobClusters: [{ newCluster: { policyId: "policy-jobs-id" } }],
    });
    const [{ newCluster }] = recording.named("failures-job").inputs.jobClusters as { newCluster: object }[];
    expect(newCluster).not.toHaveProperty("policyId");
  });

  const granted = (from: Recording) =>
    Object.fromEntries(
      from.resources
        .filter(({ type }) => type === "databricks:index/permissions:Permissions")
        .map(({ name, inputs: { accessControls, ...target } }) => {
          const [{ groupName, permissionLevel }] = accessControls as Record<string, string>[];
          return [name, [Object.entries(target).join("="), groupName, permissionLevel]];
        }),
    );

  it("gives the group what it needs to run things, on each object once", () => {
    expect(granted(recording)).toEqual({
      "policy-interactive-permissions": ["clusterPolicyId,policy-interactive-id", "engineers", "CAN_USE"],
      "policy-jobs-permissions": ["clusterPolicyId,policy-jobs-id", "engineers", "CAN_USE"],
      "spark-permissions": ["clusterId,spark-cluster-id", "engineers", "CAN_RESTART"],
      "consumer-notebook-permissions": ["notebookPath,/Shared/streaming/KafkaConsumer", "engineers", "CAN_RUN"],
      "consumer-job-permissions": ["jobId,consumer-job-id", "engineers", "CAN_MANAGE_RUN"],
      "failures-notebook-permissions": ["notebookPath,/Shared/streaming/KafkaConsumer", "engineers", "CAN_RUN"],
      "failures-job-permissions": ["jobId,failures-job-id", "engineers", "CAN_MANAGE_RUN"],
    });
    for (const { name, options, parent, provider, type } of recording.resources) {
      if (!type.endsWith(":Permissions")) continue;
      const object = name.replace(/permissions$/, "");
      expect(options.deletedWith, name).toMatch(new RegExp(`::(?:${object}cluster|${object.slice(0, -1)})$`));
      expect(parent, name).toMatch(/ClusterPolicies|NotebookJob|SparkCluster/);
      expect(provider, name).toContain("mine");
    }
  });

  it.each([
    ["view", ["CAN_ATTACH_TO", "CAN_READ", "CAN_VIEW"]],
    ["manage", ["CAN_MANAGE", "CAN_USE"]],
  ] as const)("gives a group that may %s no more than that", async (level, expected) => {
    const levels = Object.values(granted(await made(level))).map((entry) => entry[2]);
    expect([...new Set(levels)].sort()).toEqual(expected);
  });

  it("tells of failures, and of a backlog where there is a limit to it; never of a restart", () => {
    expect(recording.named("consumer-job").inputs).toMatchObject({
      emailNotifications: { onFailures: ["ops@example.com"], onStreamingBacklogExceededs: ["ops@example.com"] },
      health: { rules: [{ metric: "STREAMING_BACKLOG_RECORDS", op: "GREATER_THAN", value: 500 }] },
      notificationSettings: { noAlertForSkippedRuns: true, noAlertForCanceledRuns: true },
    });
    const { inputs } = recording.named("failures-job");
    expect(inputs.emailNotifications).toEqual({ onFailures: ["ops@example.com"] });
    expect(inputs).not.toHaveProperty("health");
  });
});
