import { invalidPath } from "./errors";

/** A path below a subscription, taken apart but not yet matched with the resource types the twin knows. */
export interface ArmPath {
  subscription: string;
  resourceGroup?: string;
  /** What an extension resource (a role assignment) hangs on: the id before the last `/providers/`. */
  scope?: string;
  /** `Microsoft.Network`; absent for the subscription, a resource group and lists such as `/resources`. */
  namespace?: string;
  /** What follows: `virtualNetworks/vnet/subnets/default` as four segments. */
  segments: string[];
}

/** A resource's identity. Azure compares ids without case; `key` is the form to compare. */
export interface ResourceId {
  id: string;
  key: string;
  subscription: string;
  resourceGroup?: string;
  type: string;
  name: string;
  /** Id of the resource this one is a child of; absent at the top. */
  parent?: string;
  /** Id of the resource an extension resource hangs on. */
  scope?: string;
}

/** Takes `/subscriptions/S[/resourceGroups/G][/providers/N/...]` apart; undefined for anything else. */
export function parsePath(path: string): ArmPath | undefined {
  const segments = path.split("/").filter((segment) => segment !== "");
  const [root, subscription, ...rest] = segments.map(decode);
  if (root?.toLowerCase() !== "subscriptions" || subscription === undefined) return undefined;

  let below = rest;
  let resourceGroup: string | undefined;
  if (below[0]?.toLowerCase() === "resourcegroups" && below[1] !== undefined) {
    resourceGroup = below[1];
    below = below.slice(2);
  }
  if (below[0]?.toLowerCase() !== "providers" || below.length === 1)
    return { subscription, resourceGroup, segments: below };

  const last = below.map((segment) => segment.toLowerCase()).lastIndexOf("providers");
  const scope =
    last === 0
      ? undefined
      : `${groupId(subscription, resourceGroup)}/${["providers", ...below.slice(1, last)].join("/")}`;
  return { subscription, resourceGroup, scope, namespace: below[last + 1], segments: below.slice(last + 2) };
}

/** The id of the resource that `names` lead to; `type` in the registry's own spelling. */
export function resourceId(path: ArmPath, type: string, names: string[]): ResourceId {
  const [namespace = "", ...types] = type.split("/");
  const prefix = path.scope ?? groupId(path.subscription, path.resourceGroup);
  const idOf = (depth: number) =>
    `${prefix}/providers/${namespace}/${types
      .slice(0, depth)
      .map((segment, index) => `${segment}/${names[index]}`)
      .join("/")}`;
  const id = idOf(types.length);
  return {
    id,
    key: keyOf(id),
    subscription: path.subscription,
    resourceGroup: path.resourceGroup,
    type,
    name: names.at(-1) ?? "",
    parent: types.length > 1 ? idOf(types.length - 1) : undefined,
    scope: path.scope,
  };
}

export function groupId(subscription: string, resourceGroup?: string): string {
  return resourceGroup
    ? `/subscriptions/${subscription}/resourceGroups/${resourceGroup}`
    : `/subscriptions/${subscription}`;
}

export function keyOf(id: string): string {
  return id.toLowerCase().replace(/\/+$/, "");
}

export function sameId(a: string | undefined, b: string | undefined): boolean {
  return a !== undefined && b !== undefined && keyOf(a) === keyOf(b);
}

/** The last segment of an id. */
export function nameOf(id: string): string {
  return id.split("/").at(-1) ?? id;
}

/** The id without its last type and name: the virtual network of a subnet. */
export function parentOf(id: string): string {
  return id.split("/").slice(0, -2).join("/");
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw invalidPath(segment);
  }
}
