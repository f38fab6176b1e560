import * as databricks from "@pulumi/databricks";
import * as pulumi from "@pulumi/pulumi";
import { NotebookJob } from "azure-kafka-spark-streaming";

const config = new pulumi.Config();

// Whoever made the workspace: all that a component needs is a provider that is logged in to it.
const provider = new databricks.Provider("workspace", {
  host: config.require("workspaceUrl"),
  authType: config.require("authType"),
});

const job = new NotebookJob("count", {
  workspace: { provider },
  notebookFile: "Count.scala",
  notebookPath: "/Shared/examples/Count",
  parameters: { upTo: "1000" },
  sparkVersion: "16.4.x-scala2.12",
  nodeType: "Standard_D4ds_v5",
  workers: 1,
  user: config.require("user"),
  // It ends by itself, so it waits to be run.
  continuous: false,
});

export const jobUrl = job.url;
