import type { z } from "zod";
import type { ResourceId } from "./ids";
import type { World } from "./world";

export type Properties = Record<string, unknown>;

/** A resource as ARM shows it. Top-level keys beyond these (`sku`, `kind`, `identity`, `managedBy`) are kept too. */
export interface Resource {
  id: string;
  name: string;
  type: string;
  location?: string;
  tags?: Record<string, string>;
  etag?: string;
  properties: Properties;
  [topLevel: string]: unknown;
}

/** A resource as the twin keeps it. */
export interface Stored {
  resource: Resource;
  /** What no GET returns: passwords, storage keys, allocated addresses. */
  internal: Properties;
}

/** One PUT, its body checked against the kind's schema. */
export interface Write<Body> {
  id: ResourceId;
  body: Body;
  /** One of the kind's versions. Bodies of old ones lack what did not exist then. */
  apiVersion: string;
  location?: string;
  existing?: Stored;
}

/** What a PUT makes of its body. */
export interface Draft {
  /** All properties of the resource, with defaults and read-only values filled in and secrets taken out. */
  properties: Properties;
  /** Top-level keys to set beside those of the body. */
  top?: Properties;
  internal?: Properties;
  /** Runs once the resource is stored, before the answer: inline children. */
  stored?: () => void;
  /** False when the PUT changed nothing that takes time: it is answered as done. Default true. */
  provision?: boolean;
}

export interface ActionCall {
  stored: Stored;
  body: Properties;
  /** The verb's remaining path, for messages. */
  action: string;
}

/** The answer to a POST: a body at once, or work that goes on and is polled. */
export type ActionResult = { body: unknown } | { work: () => Promise<void> };

/**
 * Everything about one resource type. Checks run before anything is stored and throw HttpError; `provision` and
 * `deprovision` are the part that takes time, and are run again when the twin was killed during them.
 */
export interface Kind<Body = Properties> {
  /** `Microsoft.Network/virtualNetworks`, in Azure's spelling. */
  type: string;
  apiVersions: readonly string[];
  /** Shape of a PUT's body; keys it does not name are kept. */
  schema: z.ZodType<Body>;
  /** What names are allowed, and how to say it. */
  names: { pattern: RegExp; rule: string };
  /** `region`: location required; `global`: must be "global"; `none`: the resource has no location of its own. */
  location: "region" | "global" | "none";
  /** How a PUT or DELETE that takes time is followed: by `Azure-AsyncOperation`, or by `Location` with no body. */
  longRunning?: { put?: "azure-async" | "location"; delete?: "azure-async" | "location" };
  /** provisioningState while a PUT is under way. Default `Updating`. */
  busyState?: string;
  /** Properties that PATCH may change, beside `tags`. Default none. */
  patchable?: readonly string[];
  /** Methods that the service has for it, beside POST. Default: all. */
  only?: readonly string[];
  /** Lists begin with what was made last. Default: with what was made first. */
  latestFirst?: boolean;
  /** Properties that only the service sets; clients that write back what they read send them, and they are dropped. */
  readOnly?: readonly string[];

  prepare(write: Write<Body>, world: World): Draft;
  /** Ends with the properties to add. */
  provision?(stored: Stored, world: World): Promise<Properties | undefined>;
  /** Properties of a resource whose provisioning failed. */
  failed?(stored: Stored, error: { code: string; message: string }): Properties;
  /** The resource as GET shows it, with what follows from others. */
  show?(stored: Stored, world: World): Resource;
  /** The resource as lists show it. Default: as GET does. */
  showListed?(stored: Stored, world: World): Resource;
  /** What a GET shows before the first PUT, for what is always there. Default: it is not found. */
  absent?(): Resource;
  /** Throws when something still needs the resource. */
  refuseRemoval?(stored: Stored, world: World): void;
  deprovision?(stored: Stored, world: World): Promise<void>;
  /** What the removal means for others. Called once it, or what it was part of, is gone. */
  removed?(stored: Stored, world: World): void;
  /** POST actions by the path after the resource: `listKeys`, `roles/workernode/resize`. */
  actions?: Record<string, (call: ActionCall, world: World) => ActionResult>;
}

/** States in which nothing goes on. */
const finalStates = new Set(["Succeeded", "Failed", "Canceled"]);

export function provisioningState(stored: Stored): string {
  return String(stored.resource.properties.provisioningState ?? "Succeeded");
}

export function isBusy(stored: Stored): boolean {
  return !finalStates.has(provisioningState(stored));
}

/** A body's properties without those the service alone sets. */
export function writable(kind: Kind, properties: Properties): Properties {
  const dropped = new Set(["provisioningState", ...(kind.readOnly ?? [])]);
  return Object.fromEntries(Object.entries(properties).filter(([key, value]) => !dropped.has(key) && value !== null));
}

/** Ties a kind's code to its schema; from outside all kinds look alike. */
export function defineKind<Body>(kind: Kind<Body>): Kind {
  return kind as unknown as Kind;
}
