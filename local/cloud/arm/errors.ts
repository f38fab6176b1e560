import { HttpError, unsupported } from "../http";
import type { ArmPath, ResourceId } from "./ids";

/** The errors of Azure Resource Manager itself; those of one resource provider stand beside its resources. */

export function badRequest(code: string, message: string): HttpError {
  return new HttpError(400, code, message);
}

export function conflict(code: string, message: string): HttpError {
  return new HttpError(409, code, message);
}

export function invalidPath(segment: string): HttpError {
  return badRequest("InvalidRequestUri", `\`${segment}\` in the path is not valid percent-encoding`);
}

export function missingApiVersion(): HttpError {
  return badRequest(
    "MissingApiVersionParameter",
    "The api-version query parameter (?api-version=) is required for all requests.",
  );
}

export function unsupportedApiVersion(type: string, version: string, supported: readonly string[]): HttpError {
  const [namespace, ...types] = type.split("/");
  return unsupported(
    badRequest(
      "NoRegisteredProviderFound",
      `No registered resource provider found for API version '${version}' for type '${types.join("/")}' of ` +
        `'${namespace}'. The supported api-versions are '${supported.join(", ")}'.`,
    ),
  );
}

/** What Resource Manager answers for its own calls, those on resource groups. */
export function invalidApiVersion(version: string, supported: readonly string[]): HttpError {
  return unsupported(
    badRequest(
      "InvalidApiVersionParameter",
      `The api-version '${version}' is invalid. The supported versions are '${supported.join(",")}'.`,
    ),
  );
}

export function unknownNamespace(namespace: string, known: readonly string[]): HttpError {
  return unsupported(
    new HttpError(
      404,
      "InvalidResourceNamespace",
      `The resource namespace '${namespace}' is invalid: the twin serves ${known.join(", ")}.`,
    ),
  );
}

export function unknownType(namespace: string, type: string, known: readonly string[]): HttpError {
  return unsupported(
    new HttpError(
      404,
      "InvalidResourceType",
      `The resource type '${type}' could not be found in the namespace '${namespace}': the twin serves ${known.join(", ")}.`,
    ),
  );
}

/** A call on a type the twin knows, which it does not imitate. Never answered with a made-up success. */
export function notImitated(call: string, hint = ""): HttpError {
  return unsupported(
    new HttpError(501, "NotImplementedByTwin", `The local twin does not imitate ${call}.${hint && ` ${hint}`}`),
    /^POST /.test(call) || call,
  );
}

export function subscriptionNotFound(subscription: string): HttpError {
  return new HttpError(404, "SubscriptionNotFound", `The subscription '${subscription}' could not be found.`);
}

export function groupNotFound(name: string): HttpError {
  return new HttpError(404, "ResourceGroupNotFound", `Resource group '${name}' could not be found.`);
}

export function resourceNotFound(id: ResourceId): HttpError {
  if (id.type === "Microsoft.Resources/resourceGroups") return groupNotFound(id.name);
  const names = id.id.split(`/providers/`).at(-1);
  return new HttpError(
    404,
    "ResourceNotFound",
    `The Resource '${names}' under resource group '${id.resourceGroup ?? ""}' was not found.`,
  );
}

export function parentNotFound(id: ResourceId): HttpError {
  return new HttpError(
    404,
    "ParentResourceNotFound",
    `Failed to perform 'write' on resource(s) of type '${id.type.split("/").slice(1).join("/")}', because the parent ` +
      `resource '${id.parent ?? id.scope}' could not be found.`,
  );
}

export function locationRequired(): HttpError {
  return badRequest("LocationRequired", "The location property is required for this definition.");
}

export function groupBeingDeleted(name: string): HttpError {
  return conflict(
    "ResourceGroupBeingDeleted",
    `The resource group '${name}' is in deprovisioning state and cannot perform this operation.`,
  );
}

export function anotherOperationInProgress(id: string): HttpError {
  return conflict(
    "AnotherOperationInProgress",
    `Another operation on this or dependent resource is in progress. Wait for ${id} to reach a final state.`,
  );
}

/** A property names a resource that is not there. */
export function invalidReference(referenced: string, by: string): HttpError {
  return badRequest(
    "InvalidResourceReference",
    `Resource ${referenced} referenced by resource ${by} was not found. Please make sure that the referenced resource ` +
      "exists, and that both resources are in the same region.",
  );
}

export function referenceNotProvisioned(referenced: string, by: string, state: string): HttpError {
  return badRequest(
    "ReferencedResourceNotProvisioned",
    `Cannot proceed with operation because resource ${referenced} used by resource ${by} is not in Succeeded state. ` +
      `Resource is in ${state} state.`,
  );
}

/** Writes into a resource group that a service manages (the one a Databricks workspace makes). */
export function deniedByAssignment(action: string, scope: string, group: string, managedBy: string, client: string) {
  return new HttpError(
    403,
    "DenyAssignmentAuthorizationFailed",
    `The client '${client}' has permission to perform action '${action}' on scope '${scope}'; however, the access is ` +
      `denied because of the deny assignment with name 'System deny assignment created by Azure Databricks ` +
      `${managedBy}' at scope '${group}'.`,
  );
}

/** A path that is no resource, list or action. */
export function unknownCall(method: string, path: string, detail?: ArmPath): HttpError {
  const subject = detail?.namespace ? ` of ${detail.namespace}` : "";
  return unsupported(
    new HttpError(404, "NotFound", `The local twin does not know the call ${method} ${path}${subject}.`),
  );
}
