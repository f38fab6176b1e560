import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { Cluster } from "./cluster";
import type { Clusters } from "./clusters";
import type { WorkspaceContext } from "./context";
import { invalidParameter } from "./errors";
import { id, pageSize, read } from "./input";
import { findNodeType, nodeTypes } from "./nodeTypes";
import { pageOf } from "./pages";
import type { Policies } from "./policies";
import { runtimes } from "./runtimes";

const byId = z.looseObject({ cluster_id: z.string() });
const workers = z.int().min(0);
const sizes = byId.extend({
  num_workers: workers.optional(),
  autoscale: z.looseObject({ min_workers: workers, max_workers: workers }).optional(),
});
const eventQuery = byId.extend({
  order: z.enum(["ASC", "DESC"]).default("DESC"),
  start_time: id.optional(),
  end_time: id.optional(),
  event_types: z.array(z.string()).optional(),
  offset: id.default(0),
  limit: pageSize(50, 500),
});

/** `/api/2.0/clusters/*` and `/api/2.1/clusters/*`. */
export function clusterRoutes(
  app: FastifyInstance,
  context: WorkspaceContext,
  clusters: Clusters,
  policies: Policies,
): void {
  const describe = (cluster: Cluster) => describeCluster(cluster, context);
  const specOf = (body: unknown) => policies.readCluster(body, "all-purpose");
  for (const base of ["/api/2.0/clusters", "/api/2.1/clusters"]) {
    app.get(`${base}/spark-versions`, async () => ({ versions: runtimes.map(({ key, name }) => ({ key, name })) }));
    app.get(`${base}/list-node-types`, async () => ({ node_types: nodeTypes }));
    app.get(`${base}/list-zones`, async () => ({ zones: [], default_zone: "auto" }));

    app.post(`${base}/create`, async (request) => ({ cluster_id: clusters.create(specOf(request.body)).cluster_id }));
    app.get(`${base}/get`, async (request) => describe(clusters.get(read(byId, request.query).cluster_id)));
    app.get(`${base}/list`, async (request) => {
      const query = read(
        z.looseObject({ page_size: pageSize(20, 100), page_token: z.string().optional() }),
        request.query,
      );
      const found = clusters.list().filter((cluster) => matches(cluster, request.query as Record<string, unknown>));
      const { items, ...tokens } = pageOf(found, query.page_size, query.page_token);
      return { clusters: items.map(describe), ...tokens };
    });
    app.post(`${base}/edit`, async (request) => {
      const { cluster_id: clusterId, ...spec } = read(byId, request.body);
      clusters.get(clusterId);
      clusters.edit(clusterId, specOf(spec));
      return {};
    });
    app.post(`${base}/resize`, async (request) => {
      const { cluster_id: clusterId, num_workers, autoscale } = read(sizes, request.body);
      if ((num_workers === undefined) === (autoscale === undefined)) {
        throw invalidParameter("Give exactly one of `num_workers` and `autoscale`");
      }
      const size = autoscale ? { autoscale } : { num_workers };
      const { num_workers: _, autoscale: __, ...spec } = clusters.get(clusterId).spec;
      specOf({ ...spec, ...size });
      clusters.resize(clusterId, size);
      return {};
    });
    const actions: Record<string, (clusterId: string) => void> = {
      start: (clusterId) => clusters.start(clusterId),
      restart: (clusterId) => clusters.restart(clusterId),
      delete: (clusterId) => clusters.terminate(clusterId),
      "permanent-delete": (clusterId) => clusters.remove(clusterId),
      pin: (clusterId) => clusters.pin(clusterId, true),
      unpin: (clusterId) => clusters.pin(clusterId, false),
    };
    for (const [action, act] of Object.entries(actions)) {
      app.post(`${base}/${action}`, async (request) => {
        act(read(byId, request.body).cluster_id);
        return {};
      });
    }
    app.post(`${base}/events`, async (request) => {
      const query = read(eventQuery, request.body);
      const { cluster_id, events } = clusters.get(query.cluster_id);
      const found = events
        .filter((event) => event.timestamp >= (query.start_time ?? 0))
        .filter((event) => event.timestamp <= (query.end_time ?? Number.POSITIVE_INFINITY))
        .filter((event) => !query.event_types?.length || query.event_types.includes(event.type));
      if (query.order === "DESC") found.reverse();
      const end = query.offset + query.limit;
      return {
        events: found.slice(query.offset, end).map((event) => ({ cluster_id, ...event })),
        total_count: found.length,
        ...(end < found.length && { next_page: { ...query, offset: end } }),
      };
    });
  }
}

/** `filter_by` of clusters/list; SDKs send it as `filter_by.is_pinned=true`. */
function matches(cluster: Cluster, query: Record<string, unknown>): boolean {
  const list = (key: string) => [query[`filter_by.${key}`] ?? []].flat();
  const states = list("cluster_states");
  const sources = list("cluster_sources");
  const policy = query["filter_by.policy_id"];
  return (
    (query["filter_by.is_pinned"] !== "true" || cluster.pinned) &&
    (states.length === 0 || states.includes(cluster.state)) &&
    (sources.length === 0 || sources.includes(cluster.source)) &&
    (policy === undefined || policy === cluster.spec.policy_id)
  );
}

/** What clusters/get answers: the creator's description, with Databricks's defaults, and where the cluster is. */
export function describeCluster(cluster: Cluster, context: WorkspaceContext): Record<string, unknown> {
  const { spec } = cluster;
  const nodeType = findNodeType(spec.node_type_id ?? "");
  const running = cluster.state === "RUNNING" || cluster.state === "RESIZING";
  const workersNow = spec.autoscale?.min_workers ?? spec.num_workers ?? 0;
  return {
    cluster_name: "",
    driver_node_type_id: spec.node_type_id,
    autotermination_minutes: 0,
    enable_elastic_disk: true,
    enable_local_disk_encryption: false,
    disk_spec: {},
    azure_attributes: { first_on_demand: 1, availability: "ON_DEMAND_AZURE", spot_bid_max_price: -1 },
    init_scripts_safe_mode: false,
    ...(spec.is_single_node && { num_workers: 0 }),
    ...spec,
    cluster_id: cluster.cluster_id,
    cluster_source: cluster.source,
    creator_user_name: cluster.creator_user_name,
    instance_source: { node_type_id: spec.node_type_id },
    driver_instance_source: { node_type_id: spec.driver_node_type_id ?? spec.node_type_id },
    effective_spark_version: spec.spark_version,
    state: cluster.state,
    state_message: cluster.state_message,
    start_time: cluster.start_time,
    last_restarted_time: cluster.last_restarted_time,
    last_activity_time: cluster.last_activity_time,
    last_state_loss_time: 0,
    ...(cluster.terminated_time && { terminated_time: cluster.terminated_time }),
    ...(cluster.termination_reason && { termination_reason: cluster.termination_reason }),
    ...(running && {
      cluster_cores: (nodeType?.num_cores ?? 0) * (workersNow + 1),
      cluster_memory_mb: (nodeType?.memory_mb ?? 0) * (workersNow + 1),
    }),
    ...(cluster.pinned && { pinned_by_user_name: context.userName }),
    default_tags: {
      Vendor: "Databricks",
      Creator: cluster.creator_user_name,
      ClusterName: spec.cluster_name ?? "",
      ClusterId: cluster.cluster_id,
    },
    spec,
  };
}
