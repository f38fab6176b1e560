import { z } from "zod";
import { invalidParameter, notInTwin } from "./errors";
import { read } from "./input";
import { findNodeType, nodeTypes } from "./nodeTypes";
import { findRuntime, runtimes } from "./runtimes";

const workers = z.int().min(0).max(100_000);
const strings = z.record(z.string(), z.string());

const clusterSpec = z.looseObject({
  cluster_name: z.string().max(100).optional(),
  spark_version: z.string(),
  node_type_id: z.string().optional(),
  driver_node_type_id: z.string().optional(),
  num_workers: workers.optional(),
  autoscale: z.looseObject({ min_workers: workers, max_workers: workers }).optional(),
  autotermination_minutes: z.int().optional(),
  spark_conf: strings.optional(),
  spark_env_vars: strings.optional(),
  custom_tags: strings.optional(),
  data_security_mode: z.string().optional(),
  single_user_name: z.string().optional(),
  is_single_node: z.boolean().optional(),
  kind: z.string().optional(),
  policy_id: z.string().optional(),
});

/** A cluster as its creator described it, checked. Fields that the twin has no use for are kept and given back. */
export type ClusterSpec = z.infer<typeof clusterSpec>;

/** Fields whose absence would change what a notebook sees. The twin refuses them rather than ignoring them. */
const unsupported: Record<string, string> = {
  init_scripts: "it starts no machines, so there is nowhere to run init scripts; put libraries into `libraries`",
  docker_image: "it runs no containers; use `spark_version`",
  instance_pool_id: "it has no instance pools; use `node_type_id`",
};

/**
 * Checks a cluster description as Databricks does.
 *
 * @param prefix where the description is inside the request, such as `settings.job_clusters[0].new_cluster.`
 * @throws HttpError INVALID_PARAMETER_VALUE naming the field; FEATURE_DISABLED for what only Databricks can do
 */
export function readClusterSpec(value: unknown, prefix = ""): ClusterSpec {
  const spec = read(clusterSpec, value, prefix);
  for (const [field, why] of Object.entries(unsupported)) {
    const given = spec[field];
    const empty = given === undefined || given === null || (Array.isArray(given) && given.length === 0);
    if (!empty) throw notInTwin(`\`${prefix}${field}\` is not supported: ${why}`);
  }
  if (!findRuntime(spec.spark_version)) {
    const known = runtimes.map((runtime) => runtime.key).join(", ");
    throw invalidParameter(`Invalid spark version ${spec.spark_version}. Supported versions: ${known}`);
  }
  if (spec.node_type_id === undefined) throw invalidParameter(`Missing required field: ${prefix}node_type_id`);
  for (const nodeType of [spec.node_type_id, spec.driver_node_type_id]) {
    if (nodeType !== undefined && !findNodeType(nodeType)) {
      const known = nodeTypes.map((type) => type.node_type_id).join(", ");
      throw invalidParameter(`Node type ${nodeType} is not supported. Supported node types: ${known}`);
    }
  }
  checkSize(spec, prefix);
  const minutes = spec.autotermination_minutes ?? 0;
  if (minutes !== 0 && (minutes < 10 || minutes > 10_000)) {
    throw invalidParameter(
      `The value of \`${prefix}autotermination_minutes\` must be 0 (never) or from 10 to 10000, got ${minutes}`,
    );
  }
  return spec;
}

function checkSize(spec: ClusterSpec, prefix: string): void {
  if (spec.num_workers !== undefined && spec.autoscale) {
    throw invalidParameter(`Cluster size: give \`${prefix}num_workers\` or \`${prefix}autoscale\`, not both`);
  }
  if (spec.num_workers === undefined && !spec.autoscale && spec.is_single_node !== true) {
    throw invalidParameter(`Missing required field: ${prefix}num_workers (or \`autoscale\`, or \`is_single_node\`)`);
  }
  if (spec.autoscale && spec.autoscale.min_workers > spec.autoscale.max_workers) {
    throw invalidParameter(
      `\`${prefix}autoscale.min_workers\` (${spec.autoscale.min_workers}) must not be greater than ` +
        `\`max_workers\` (${spec.autoscale.max_workers})`,
    );
  }
}
