import type { FastifyInstance, FastifyReply } from "fastify";
import { z } from "zod";
import type { HostComponent } from "../../engines/kafka";
import { HttpError } from "../http";
import { check, parseBody, readChange } from "./body";
import type { AmbariCluster } from "./cluster";
import { putDesiredConfigs } from "./configurations";
import { parsePredicate } from "./query";
import { checkCluster, componentNamed, type Names, serviceNamed } from "./reads";
import { matches } from "./resource";
import { Views } from "./views";

const desired = z.strictObject({
  state: z.enum(["STARTED", "INSTALLED"], "the twin's Ambari knows `STARTED` and `INSTALLED` (stopped)").optional(),
  maintenance_state: z.enum(["ON", "OFF"]).optional(),
});

const requestBody = z.object({
  RequestInfo: z.looseObject({
    command: z.literal("RESTART", "the twin's Ambari knows the command `RESTART`"),
    context: z.string().default("Restart components"),
  }),
  "Requests/resource_filters": z
    .array(
      z.strictObject({
        service_name: z.string().optional(),
        component_name: z.string().optional(),
        hosts: z.string().optional(),
        hosts_predicate: z.string().optional(),
      }),
    )
    .min(1),
});

/** Every PUT and POST. What takes time is answered with 202 and the request to poll. */
export function registerWrites(app: FastifyInstance, cluster: AmbariCluster): void {
  const base = "/api/v1/clusters/:cluster";

  app.put<{ Params: Names }>(base, async ({ params, body }, reply) => {
    checkCluster(cluster, params.cluster);
    return putDesiredConfigs(cluster, body) ?? reply.send();
  });

  app.put<{ Params: Names }>(`${base}/services/:service`, async ({ params, body }, reply) => {
    checkCluster(cluster, params.cluster);
    const service = serviceNamed(cluster, params);
    const { context, level, properties } = readChange(body, z.strictObject({ ServiceInfo: desired }));
    const { state, maintenance_state: maintenance } = properties.ServiceInfo;
    return answer(cluster, reply, cluster.changeService(service, { state, maintenance, context, level }));
  });

  app.put<{ Params: Names }>(`${base}/hosts/:host/host_components/:component`, async ({ params, body }, reply) => {
    checkCluster(cluster, params.cluster);
    const component = componentNamed(cluster, params);
    const { context, level, properties } = readChange(body, z.strictObject({ HostRoles: desired }));
    const { state, maintenance_state: maintenance } = properties.HostRoles;
    return answer(cluster, reply, cluster.changeComponent(component, { state, maintenance, context, level }));
  });

  app.post<{ Params: Names }>(`${base}/requests`, async ({ params, body }, reply) => {
    checkCluster(cluster, params.cluster);
    const { RequestInfo, "Requests/resource_filters": filters } = check(requestBody, parseBody(body));
    const chosen = cluster.components.filter((component) =>
      filters.some((filter) => selects(cluster, filter, component)),
    );
    return answer(cluster, reply, cluster.restart(chosen, RequestInfo.context));
  });
}

type Filter = z.output<typeof requestBody>["Requests/resource_filters"][number];

function selects(cluster: AmbariCluster, filter: Filter, component: HostComponent): boolean {
  const { service_name, component_name, hosts, hosts_predicate } = filter;
  if (!service_name && !component_name && !hosts && !hosts_predicate) {
    throw new HttpError(400, "BadRequest", "Invalid Request: an empty resource filter in `Requests/resource_filters`");
  }
  const conditions = hosts_predicate?.split("&").map(parsePredicate) ?? [];
  if (service_name) conditions.push(parsePredicate(`HostRoles/service_name=${service_name}`));
  if (component_name) conditions.push(parsePredicate(`HostRoles/component_name=${component_name}`));
  if (hosts) conditions.push(parsePredicate(`HostRoles/host_name.in(${hosts})`));
  return matches(new Views(cluster).hostComponent(component), conditions);
}

/** 202 with the request to poll, or 200 when there is nothing to do. The address is Ambari's own, inside the cluster. */
function answer(cluster: AmbariCluster, reply: FastifyReply, id: number | undefined) {
  if (id === undefined) return reply.send();
  return reply.code(202).send({ href: cluster.href(`/requests/${id}`), Requests: { id, status: "Accepted" } });
}
