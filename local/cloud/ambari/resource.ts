import { HttpError } from "../http";
import type { Predicate, Query } from "./query";

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export type Tree = { [key: string]: Json };

/** A resource of Ambari's API: properties in categories, and sub-resources. */
export interface Resource {
  href: string;
  /** Ambari's name of the type, for messages: `Host`, `HostComponent`. */
  type: string;
  /** Paths of the properties that identify it; shown whatever `fields` says. */
  keys: string[];
  properties: Tree;
  children: Record<string, () => Resource[]>;
  /** Categories whose keys are data (names of Kafka properties), so that an absent one is no mistake. */
  open?: string[];
  /** Paths left out unless `fields` asks for them. */
  hidden?: string[];
}

/** A single resource, as GET shows it: everything, sub-resources by their keys only, or just the `fields`. */
export function renderInstance(resource: Resource, { fields, predicates }: Query): Tree {
  if (!matches(resource, predicates)) {
    throw new HttpError(
      404,
      "NotFound",
      `The requested resource doesn't exist: ${resource.type} not found where predicate`,
    );
  }
  return render(resource, fields ?? [["*"]]);
}

/** A collection: each resource's keys, or its `fields`. */
export function renderCollection(href: string, resources: Resource[], { fields, predicates }: Query): Tree {
  return {
    href,
    items: resources
      .filter((resource) => matches(resource, predicates))
      .map((resource) => render(resource, fields ?? [])),
  };
}

/** Whether all conditions hold. A condition on a sub-resource holds when it does for any of them. */
export function matches(resource: Resource, predicates: Predicate[]): boolean {
  return predicates.every((predicate) => {
    const found = valuesAt(resource, predicate.path).map(String);
    const listed = found.some((value) => predicate.values.includes(value));
    return predicate.operator === "!=" ? !listed : listed;
  });
}

function render(resource: Resource, fields: string[][]): Tree {
  const shown: Tree = { href: resource.href };
  for (const key of resource.keys) copy(resource, key.split("/"), shown);
  const ofChild = new Map<string, string[][]>();
  for (const field of fields) {
    const path = field.at(-1) === "*" ? field.slice(0, -1) : field;
    const [first] = path;
    if (first === undefined) {
      for (const category of Object.keys(resource.properties)) copy(resource, [category], shown);
      for (const child of Object.keys(resource.children)) ofChild.set(child, ofChild.get(child) ?? []);
    } else if (first in resource.children) {
      const inner = field.slice(1);
      ofChild.set(first, [...(ofChild.get(first) ?? []), ...(inner.length > 0 ? [inner] : [])]);
    } else {
      checkKnown(resource, path);
      copy(resource, path, shown, true);
    }
  }
  for (const [child, childFields] of ofChild) {
    shown[child] = resource.children[child]?.().map((each) => render(each, childFields)) ?? [];
  }
  return shown;
}

/** Copies what stands at `path`, keeping what is there already. */
function copy(resource: Resource, path: string[], into: Tree, asked = false): void {
  const value = lookUp(resource.properties, path);
  if (value === undefined) return;
  const hidden = asked ? [] : (resource.hidden ?? []);
  let target = into;
  for (const step of path.slice(0, -1)) target = treeIn(target, step);
  const last = path.at(-1) ?? "";
  if (isTree(value) && !hidden.includes(path.join("/"))) {
    const category = treeIn(target, last);
    for (const [key, item] of Object.entries(value)) {
      if (!hidden.includes([...path, key].join("/"))) category[key] = item;
    }
  } else if (!isTree(value)) {
    target[last] = value;
  }
}

function valuesAt(resource: Resource, path: string[]): Json[] {
  const [first = "", ...rest] = path;
  const child = resource.children[first];
  if (child) return child().flatMap((each) => valuesAt(each, rest));
  checkKnown(resource, path);
  const value = lookUp(resource.properties, path);
  return value === undefined || value === null ? [] : [value];
}

/** Refuses a property that the type does not have, in Ambari's words. */
function checkKnown(resource: Resource, path: string[]): void {
  const [category = "", property] = path;
  const inside = resource.properties[category];
  const known =
    inside !== undefined &&
    (property === undefined || resource.open?.includes(category) || (isTree(inside) && property in inside));
  if (known) return;
  throw new HttpError(
    400,
    "BadRequest",
    `The properties [${path.join("/")}] specified in the request or predicate are not supported for the resource type ` +
      `${resource.type}.`,
  );
}

function lookUp(tree: Tree, path: string[]): Json | undefined {
  let value: Json | undefined = tree;
  for (const step of path) {
    if (!isTree(value)) return undefined;
    value = value[step];
  }
  return value;
}

function isTree(value: Json | undefined): value is Tree {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The tree at `key`, a new one if there is none. */
function treeIn(parent: Tree, key: string): Tree {
  const found = parent[key];
  if (isTree(found)) return found;
  const made: Tree = {};
  parent[key] = made;
  return made;
}
