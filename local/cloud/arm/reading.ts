import { groupNotFound, parentNotFound, resourceNotFound } from "./errors";
import { narrowed } from "./filter";
import { type ArmPath, groupId, type ResourceId } from "./ids";
import type { Kind, Stored } from "./kind";
import type { ArmRequest, Reply } from "./request";
import type { World } from "./world";

/** GET and HEAD: one resource, lists, and what a subscription says about itself. */

export function get(world: World, { kind, id }: { kind: Kind; id: ResourceId }): Reply {
  const stored = world.state.get(id.id);
  if (stored) return { status: 200, body: world.show(stored) };
  checkGroup(world, id.subscription, kind.type === "Microsoft.Resources/resourceGroups" ? undefined : id.resourceGroup);
  if (kind.absent && world.state.get(id.parent) && kind.names.pattern.test(id.name)) {
    return { status: 200, body: kind.absent() };
  }
  throw resourceNotFound(id);
}

export function head(world: World, { id }: { id: ResourceId }): Reply {
  return { status: world.state.get(id.id) ? 204 : 404 };
}

/** The resources of one kind: below a parent, in a resource group, or in the subscription. */
export function list(world: World, kind: Kind, path: ArmPath, parent?: ResourceId): Reply {
  checkGroup(world, path.subscription, path.resourceGroup);
  if (parent) {
    if (!world.state.get(parent.id)) throw parentNotFound({ ...parent, type: kind.type, parent: parent.id });
    const children = world.state.children(parent.id, kind.type);
    return shown(world, kind.latestFirst ? children.reverse() : children);
  }
  const scope = path.scope ?? groupId(path.subscription, path.resourceGroup);
  const inScope = new Set(world.state.below(scope));
  return shown(
    world,
    world.state.ofType(kind.type).filter((stored) => inScope.has(stored)),
  );
}

export function listGroups(world: World, request: ArmRequest): Reply {
  return shown(world, narrowed(world.state.ofType("Microsoft.Resources/resourceGroups"), request.query, ["tagName"]));
}

/** `/resources`: the top-level resources of a scope, without their properties, as Azure lists them. */
export function listResources(world: World, path: ArmPath, request: ArmRequest): Reply {
  checkGroup(world, path.subscription, path.resourceGroup);
  const resources = world
    .topLevel(groupId(path.subscription, path.resourceGroup))
    .filter(({ resource }) => resource.type !== "Microsoft.Resources/resourceGroups");
  const value = narrowed(resources, request.query, ["resourceType", "name", "location", "tagName"]).map(
    ({ resource: { properties: _properties, etag: _etag, ...rest } }) => rest,
  );
  return { status: 200, body: { value } };
}

export function subscriptions(world: World, only?: string): Reply {
  const { subscriptionId, tenantId } = world.principal;
  const subscription = {
    id: `/subscriptions/${subscriptionId}`,
    subscriptionId,
    tenantId,
    displayName: "Local twin",
    state: "Enabled",
    authorizationSource: "RoleBased",
  };
  return { status: 200, body: only ? subscription : { value: [subscription] } };
}

export function tenants(world: World): Reply {
  const { tenantId } = world.principal;
  return { status: 200, body: { value: [{ id: `/tenants/${tenantId}`, tenantId, displayName: "Local twin" }] } };
}

/** Resource providers; all that the twin serves are registered. */
export function providers(world: World, only?: string): Reply {
  const { subscriptionId } = world.principal;
  const describe = (namespace: string) => ({
    id: `/subscriptions/${subscriptionId}/providers/${namespace}`,
    namespace,
    registrationState: "Registered",
    registrationPolicy: "RegistrationRequired",
    resourceTypes: world.registry
      .all()
      .filter((kind) => kind.type.startsWith(`${namespace}/`))
      .map((kind) => ({ resourceType: kind.type.slice(namespace.length + 1), apiVersions: kind.apiVersions })),
  });
  if (only !== undefined) return { status: 200, body: describe(world.registry.namespace(only)) };
  return { status: 200, body: { value: world.registry.namespaces().map(describe) } };
}

function shown(world: World, found: Stored[]): Reply {
  const listed = (stored: Stored) => world.kindOf(stored).showListed?.(stored, world) ?? world.show(stored);
  return { status: 200, body: { value: found.map(listed) } };
}

function checkGroup(world: World, subscription: string, resourceGroup: string | undefined): void {
  if (resourceGroup && !world.state.get(groupId(subscription, resourceGroup))) throw groupNotFound(resourceGroup);
}
