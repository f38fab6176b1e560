import { groupNotFound, missingApiVersion, subscriptionNotFound, unknownCall } from "./errors";
import { type ArmPath, groupId, keyOf, parsePath, type ResourceId } from "./ids";
import { act, patch, put, remove } from "./lifecycle";
import { operationResult, operationStatus } from "./polling";
import { get, head, list, listGroups, listResources, providers, subscriptions, tenants } from "./reading";
import type { ArmRequest, Reply } from "./request";
import type { World } from "./world";

const groupType = "Microsoft.Resources/resourceGroups";

/** Finds what a path below `/subscriptions` or `/tenants` means and serves it. */
export async function route(world: World, request: ArmRequest): Promise<Reply> {
  if (!request.apiVersion) throw missingApiVersion();

  if (request.method === "GET" && /^\/tenants\/?$/i.test(request.path)) return tenants(world);
  if (request.method === "GET" && /^\/subscriptions\/?$/i.test(request.path)) return subscriptions(world);
  const path = parsePath(request.path);
  if (!path) throw unknownCall(request.method, request.path);
  if (!isKnown(world, path.subscription)) throw subscriptionNotFound(path.subscription);
  return serve(world, path, request);
}

/** Serves a path below a subscription, whichever that is. */
export function serve(world: World, path: ArmPath, request: ArmRequest): Reply | Promise<Reply> {
  return path.namespace === undefined ? aboveProviders(world, path, request) : ofProvider(world, path, request);
}

/** The twin's one subscription, or one of others in which something is. */
function isKnown(world: World, subscription: string): boolean {
  const isOwn = subscription.toLowerCase() === world.principal.subscriptionId.toLowerCase();
  return isOwn || world.state.below(groupId(subscription)).length > 0;
}

/** The subscription, its resource groups, and lists across resource providers. */
function aboveProviders(world: World, path: ArmPath, request: ArmRequest): Reply | Promise<Reply> {
  const [what, detail, ...more] = path.segments.map((segment) => segment.toLowerCase());
  if (what === undefined && path.resourceGroup) {
    const target = groupTarget(world, path);
    world.registry.checkApiVersion(target.kind, request.apiVersion);
    return onResource(world, target, request);
  }
  if (request.method === "GET" && more.length === 0) {
    if (what === undefined) return subscriptions(world, path.subscription);
    if (what === "resources" && !detail) return listResources(world, path, request);
    if (what === "resourcegroups" && !detail) return listGroups(world, request);
    if (what === "providers" && !detail) return providers(world);
    if (what === "operationresults" && detail) return operationResult(world, detail, request);
    if (what === "operationstatuses" && detail) return operationStatus(world, detail);
  }
  throw unknownCall(request.method, request.path);
}

function ofProvider(world: World, path: ArmPath, request: ArmRequest): Reply | Promise<Reply> {
  const namespace = world.registry.namespace(path.namespace ?? "");
  const [first, , collection, operation, ...more] = path.segments.map((segment) => segment.toLowerCase());
  if (request.method === "GET" && first === undefined) return providers(world, namespace);
  if (request.method === "POST" && first === "register" && path.segments.length === 1)
    return providers(world, namespace);
  if (request.method === "GET" && first === "locations" && operation && more.length === 0) {
    if (collection === "operationstatuses") return operationStatus(world, operation);
    if (collection === "operationresults") return operationResult(world, operation, request);
  }

  const target = world.registry.resolve(path, request.method);
  world.registry.checkApiVersion(target.kind, request.apiVersion);
  if (target.is === "action") return act(world, target, target.action, request);
  if (target.is === "resource") return onResource(world, target, request);
  if (request.method === "GET") return list(world, target.kind, path, target.parent);
  throw unknownCall(request.method, request.path, path);
}

function onResource(
  world: World,
  target: { kind: ReturnType<World["registry"]["find"]>; id: ResourceId },
  request: ArmRequest,
): Reply | Promise<Reply> {
  if (target.kind.only?.includes(request.method) === false) throw unknownCall(request.method, request.path);
  switch (request.method) {
    case "GET":
      return get(world, target);
    case "HEAD":
      return head(world, target);
    case "PUT":
      return put(world, target, request);
    case "PATCH":
      return patch(world, target, request);
    case "DELETE":
      return remove(world, target, request);
    default:
      throw unknownCall(request.method, request.path);
  }
}

function groupTarget(world: World, path: ArmPath) {
  const name = path.resourceGroup;
  if (name === undefined) throw groupNotFound("");
  const id = groupId(path.subscription, name);
  return {
    kind: world.registry.find(groupType),
    id: { id, key: keyOf(id), subscription: path.subscription, resourceGroup: name, type: groupType, name },
  };
}
