import type { FastifyInstance, FastifyRequest } from "fastify";
import { type AmbariCluster, notFound, type ServiceName, services } from "./cluster";
import { parseQuery, type Query } from "./query";
import { type Resource, renderCollection, renderInstance, type Tree } from "./resource";
import { Views } from "./views";

/** Names in a path. */
export interface Names {
  cluster: string;
  service: string;
  component: string;
  host: string;
  request: string;
  task: string;
}

/** Every GET. A single resource comes whole, a collection as keys, both as `fields=` says. */
export function registerReads(app: FastifyInstance, cluster: AmbariCluster): void {
  const views = new Views(cluster);
  const base = "/api/v1/clusters";

  const collection = (path: string, list: (names: Names, query: Query) => Resource[]) =>
    app.get<{ Params: Names }>(path, async (request) => {
      checkCluster(cluster, request.params.cluster ?? cluster.name);
      const query = queryOf(request);
      return renderCollection(hrefOf(cluster, request), list(request.params, query), query);
    });
  const instance = (path: string, find: (names: Names) => Resource) =>
    app.get<{ Params: Names }>(path, async (request): Promise<Tree> => {
      checkCluster(cluster, request.params.cluster);
      return renderInstance(find(request.params), queryOf(request));
    });

  collection(base, () => [views.cluster()]);
  instance(`${base}/:cluster`, () => views.cluster());
  collection(`${base}/:cluster/configurations`, (_names, query) => {
    const asked = (property: string) => query.predicates.some(({ path }) => path.join("/") === property);
    return views.configurations(asked("type") && asked("tag"));
  });
  collection(`${base}/:cluster/services`, () => views.services());
  instance(`${base}/:cluster/services/:service`, (names) => views.service(serviceNamed(cluster, names)));
  collection(`${base}/:cluster/services/:service/components`, (names) => [
    views.component(serviceNamed(cluster, names)),
  ]);
  instance(`${base}/:cluster/services/:service/components/:component`, (names) => {
    const service = serviceNamed(cluster, names);
    if (names.component !== services[service].component) {
      throw notFound(
        "ServiceComponent",
        `clusterName=${cluster.name}, serviceName=${service}, serviceComponentName=${names.component}`,
      );
    }
    return views.component(service);
  });
  collection(`${base}/:cluster/host_components`, () => views.hostComponents());
  collection(`${base}/:cluster/hosts`, () => views.hosts());
  instance(`${base}/:cluster/hosts/:host`, (names) => views.host(hostNamed(cluster, names)));
  collection(`${base}/:cluster/hosts/:host/host_components`, (names) => {
    const host = hostNamed(cluster, names);
    return cluster.components.filter((each) => each.host === host).map((each) => views.hostComponent(each));
  });
  instance(`${base}/:cluster/hosts/:host/host_components/:component`, (names) =>
    views.hostComponent(componentNamed(cluster, names)),
  );
  collection(`${base}/:cluster/requests`, () => views.requests());
  instance(`${base}/:cluster/requests/:request`, (names) => views.request(requestNamed(cluster, names)));
  collection(`${base}/:cluster/requests/:request/tasks`, (names) => {
    const request = requestNamed(cluster, names);
    return request.tasks.map((task) => views.task(request, task));
  });
  instance(`${base}/:cluster/requests/:request/tasks/:task`, (names) => {
    const request = requestNamed(cluster, names);
    const task = request.tasks.find(({ id }) => String(id) === names.task);
    if (!task) throw notFound("Task", `requestId=${request.id}, taskId=${names.task}`);
    return views.task(request, task);
  });
}

/** Cluster names are case-sensitive, although HDInsight's host names are not. */
export function checkCluster(cluster: AmbariCluster, name: string): void {
  if (name !== cluster.name) throw notFound("Cluster", `clusterName=${name}`);
}

export function serviceNamed(cluster: AmbariCluster, { service }: Names): ServiceName {
  if (!Object.hasOwn(services, service))
    throw notFound("Service", `clusterName=${cluster.name}, serviceName=${service}`);
  return service as ServiceName;
}

export function componentNamed(cluster: AmbariCluster, names: Names) {
  const host = hostNamed(cluster, names);
  const component = cluster.components.find((each) => each.host === host && each.name === names.component);
  if (component) return component;
  throw notFound(
    "ServiceComponentHost",
    `clusterName=${cluster.name}, serviceComponentName=${names.component}, hostName=${host.name}`,
  );
}

export function queryOf(request: FastifyRequest): Query {
  return parseQuery(request.url.split("?")[1] ?? "");
}

function hostNamed(cluster: AmbariCluster, { host }: Names) {
  const found = cluster.hosts.find(({ name }) => name === host);
  if (!found) throw notFound("Host", `hostname=${host}`);
  return found;
}

function requestNamed(cluster: AmbariCluster, { request }: Names) {
  const found = cluster.state.now.requests.find(({ id }) => String(id) === request);
  if (!found) throw notFound("Request", `clusterName=${cluster.name}, requestId=${request}`);
  return found;
}

function hrefOf(cluster: AmbariCluster, request: FastifyRequest): string {
  const prefix = `/api/v1/clusters/${cluster.name}`;
  return request.url.startsWith(prefix)
    ? cluster.href(request.url.slice(prefix.length))
    : cluster.href("").slice(0, -cluster.name.length - 1);
}
