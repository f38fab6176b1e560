import { z } from "zod";
import { badRequest, conflict } from "./errors";
import { groupId, sameId } from "./ids";
import { defineKind, type Kind, type Stored } from "./kind";
import type { World } from "./world";

const assignmentType = "Microsoft.Authorization/roleAssignments";

/** Microsoft.Authorization: role assignments on a subscription, a resource group or any resource. */
export const roleAssignment: Kind = defineKind({
  type: assignmentType,
  apiVersions: ["2022-04-01", "2020-10-01-preview", "2020-04-01-preview", "2018-09-01-preview"],
  schema: z.looseObject({
    properties: z.looseObject({
      roleDefinitionId: z.string().regex(/\/roleDefinitions\/[0-9a-f-]{36}$/i, "must end with /roleDefinitions/<GUID>"),
      principalId: z.guid(),
      principalType: z.enum(["User", "Group", "ServicePrincipal", "ForeignGroup", "Device"]).optional(),
    }),
  }),
  names: { pattern: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i, rule: "it must be a GUID" },
  location: "none",
  readOnly: ["scope", "createdOn", "updatedOn", "createdBy", "updatedBy"],

  prepare({ id, body, existing }, world) {
    const { roleDefinitionId, principalId } = body.properties;
    const scope = id.scope ?? groupId(id.subscription, id.resourceGroup);
    if (existing) refuseChange(existing, roleDefinitionId, principalId);
    const same = world.state.ofType(assignmentType).find(({ resource }) => {
      const { properties } = resource;
      const equal = sameId(String(properties.scope), scope) && properties.principalId === principalId;
      return (
        equal && roleOf(String(properties.roleDefinitionId)) === roleOf(roleDefinitionId) && !sameId(resource.id, id.id)
      );
    });
    if (same) {
      throw conflict(
        "RoleAssignmentExists",
        `The role assignment already exists. The ID of the existing role assignment is ${same.resource.name}.`,
      );
    }
    if (!isKnown(world, principalId)) {
      throw badRequest(
        "PrincipalNotFound",
        `Principal ${principalId} does not exist in the directory ${world.principal.tenantId}: the twin knows the ` +
          "identities created in it and its own service principal.",
      );
    }
    const now = new Date().toISOString();
    return {
      properties: {
        principalType: "ServicePrincipal",
        ...body.properties,
        scope,
        createdOn: existing?.resource.properties.createdOn ?? now,
        updatedOn: now,
        createdBy: world.principal.objectId,
        updatedBy: world.principal.objectId,
      },
    };
  },
});

function refuseChange(existing: Stored, roleDefinitionId: string, principalId: string): void {
  const { properties } = existing.resource;
  const same =
    properties.principalId === principalId && roleOf(String(properties.roleDefinitionId)) === roleOf(roleDefinitionId);
  if (same) return;
  throw badRequest(
    "RoleAssignmentUpdateNotPermitted",
    "Tenant ID, application ID, principal ID, and scope are not allowed to be updated.",
  );
}

function isKnown(world: World, principalId: string): boolean {
  return (
    principalId === world.principal.objectId ||
    world.state
      .ofType("Microsoft.ManagedIdentity/userAssignedIdentities")
      .some(({ resource }) => resource.properties.principalId === principalId)
  );
}

function roleOf(roleDefinitionId: string): string | undefined {
  return roleDefinitionId.split("/").at(-1)?.toLowerCase();
}
