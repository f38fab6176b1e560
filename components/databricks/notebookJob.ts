import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import * as path from "node:path";
import * as databricks from "@pulumi/databricks";
import * as pulumi from "@pulumi/pulumi";
import { type GroupAccess, grant } from "./access";
import { inWorkspace, type WorkspaceConnection } from "./connection";
import { librariesFor } from "./runtime";

/** Who is told by e-mail when a job is not well. */
export interface JobAlerts {
  /** Told when a run fails, and when a stream falls behind. At least one address. */
  emails: string[];
  /**
   * Told when a stream of the job is behind its topic by more records than this, on the average of ten minutes, and
   * again every half hour. Default: not told.
   */
  backlogRecords?: number;
}

export interface NotebookJobArgs {
  /** Workspace that notebook and job are made in. */
  workspace: WorkspaceConnection;
  /** Scala notebook in Databricks' source format, on this machine. A change uploads it and restarts a running job. */
  notebookFile: string;
  /** Where the notebook goes in the workspace. A change replaces it. Default: `/Shared/streaming/<name of the file>`. */
  notebookPath?: string;
  /** Name of the job. Default: the component's name. */
  jobName?: pulumi.Input<string>;
  /** Values of the notebook's widgets. A change restarts a running job. */
  parameters: Record<string, pulumi.Input<string>>;
  /**
   * Changes when a secret does that the notebook reads, such as `SecretScope.version`: a running job, which has read the old
   * one, is restarted. Default: it is not.
   */
  secretsVersion?: pulumi.Input<string>;
  /** Runtime key, such as `16.4.x-scala2.12`; decides the libraries. */
  sparkVersion: string;
  /** VM size of the job's own cluster. */
  nodeType: pulumi.Input<string>;
  /** Number of workers of the job's own cluster, at least 1. */
  workers: pulumi.Input<number>;
  /** The one user whose clusters these are. */
  user: pulumi.Input<string>;
  /**
   * Keep one run going for ever, started again when it ends or fails: what a stream needs. Default true. Otherwise the
   * job waits to be run.
   */
  continuous?: boolean;
  /** Policy that the job's cluster has to keep, such as `ClusterPolicies.jobs`. Default: none. */
  policyId?: pulumi.Input<string>;
  /** Group that may see, run or change job and notebook. Default: none but the owner and the admins. */
  access?: GroupAccess;
  /** Default: nobody is told. */
  alerts?: JobAlerts;
  /** Tags on the job's machines. Default: none. */
  tags?: Record<string, pulumi.Input<string>>;
}

/** A notebook, uploaded, and a job that runs it on a cluster of its own with the libraries it needs. */
export class NotebookJob extends pulumi.ComponentResource {
  /** Id of the job in Databricks. */
  readonly jobId: pulumi.Output<string>;
  /** The job's page. */
  readonly url: pulumi.Output<string>;

  constructor(name: string, args: NotebookJobArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streaming:databricks:NotebookJob", name, {}, opts);
    const options = inWorkspace(args.workspace, this);
    const source = readFileSync(args.notebookFile);
    const notebookPath = args.notebookPath ?? `/Shared/streaming/${path.parse(args.notebookFile).name}`;

    const notebook = new databricks.Notebook(
      `${name}-notebook`,
      { path: notebookPath, language: "SCALA", contentBase64: source.toString("base64") },
      options,
    );

    grant(`${name}-notebook-permissions`, "notebookPath", notebook.path, args.access, {
      ...options,
      deletedWith: notebook,
    });

    const continuous = args.continuous ?? true;
    const job = new databricks.Job(
      `${name}-job`,
      {
        name: args.jobName ?? name,
        maxConcurrentRuns: 1,
        continuous: continuous ? { pauseStatus: "UNPAUSED" } : undefined,
        // A run keeps the notebook and settings it began with: it has to be started anew to see a change.
        controlRunState: continuous ? true : undefined,
        jobClusters: [
          {
            jobClusterKey: "own",
            newCluster: {
              sparkVersion: args.sparkVersion,
              nodeTypeId: args.nodeType,
              numWorkers: args.workers,
              dataSecurityMode: "SINGLE_USER",
              singleUserName: args.user,
              policyId: args.policyId,
              customTags: args.tags,
            },
          },
        ],
        tasks: [
          {
            taskKey: "notebook",
            jobClusterKey: "own",
            notebookTask: { notebookPath: notebook.path, baseParameters: args.parameters },
            libraries: librariesFor(args.sparkVersion).map((coordinates) => ({ maven: { coordinates } })),
          },
        ],
        ...alertsOf(args.alerts),
        // The job itself says nothing about the notebook's text and its secrets; this does, so that new ones update the job.
        tags: {
          notebook: createHash("sha256").update(source).digest("hex").slice(0, 16),
          ...(args.secretsVersion && { scopeVersion: args.secretsVersion }),
        },
      },
      { ...options, dependsOn: [notebook] },
    );
    grant(`${name}-job-permissions`, "jobId", job.id, args.access, { ...options, deletedWith: job });
    this.jobId = job.id;
    this.url = job.url;

    this.registerOutputs({ jobId: this.jobId, url: this.url });
  }
}

/**
 * Of all metrics of a backlog it is the number of records that Kafka has: how far the stream's offset is behind.
 * Source: https://docs.databricks.com/api/azure/workspace/jobs/create (`health`, `email_notifications`)
 */
function alertsOf({ emails, backlogRecords }: JobAlerts = { emails: [] }) {
  if (emails.length === 0) return {};
  const backlog = backlogRecords !== undefined;
  return {
    emailNotifications: { onFailures: emails, onStreamingBacklogExceededs: backlog ? emails : undefined },
    health: backlog
      ? { rules: [{ metric: "STREAMING_BACKLOG_RECORDS", op: "GREATER_THAN", value: backlogRecords }] }
      : undefined,
    // Every deployment that restarts a stream cancels its run: nothing to wake somebody up for.
    notificationSettings: { noAlertForSkippedRuns: true, noAlertForCanceledRuns: true },
  };
}
