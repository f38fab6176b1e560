import {
  anotherOperationInProgress,
  deniedByAssignment,
  groupBeingDeleted,
  groupNotFound,
  parentNotFound,
} from "./errors";
import { groupId, type ResourceId } from "./ids";
import { isBusy, type Kind } from "./kind";
import type { World } from "./world";

/**
 * What must hold around a resource before it may be changed: its group exists and is not going away, no service
 * manages the group, and its parent is there and at rest.
 */
export function checkAccess(world: World, kind: Kind, id: ResourceId, verb: string): void {
  const isGroup = kind.type === "Microsoft.Resources/resourceGroups";
  if (id.resourceGroup) {
    const group = world.state.get(groupId(id.subscription, id.resourceGroup));
    if (!group && !isGroup) throw groupNotFound(id.resourceGroup);
    const managedBy = group?.resource.managedBy;
    if (group && typeof managedBy === "string") {
      const action = `${kind.type}/${verb}`;
      throw deniedByAssignment(action, id.id, group.resource.id, managedBy, world.principal.clientId);
    }
    if (group && verb === "write" && group.resource.properties.provisioningState === "Deleting") {
      throw groupBeingDeleted(id.resourceGroup);
    }
  }
  if (id.scope && id.scope !== groupId(id.subscription, id.resourceGroup) && !world.state.get(id.scope)) {
    throw parentNotFound(id);
  }
  if (!id.parent || verb === "delete") return;
  const parent = world.state.get(id.parent);
  if (!parent) throw parentNotFound(id);
  if (isBusy(parent)) throw anotherOperationInProgress(parent.resource.id);
}
