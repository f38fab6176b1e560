/**
 * How resources of the SDK map to Azure Resource Manager (ARM). The official plugin carries this knowledge for all of
 * Azure; the tables in `tables/` hold it for the resources this project uses.
 */

/** How the SDK's form of an object differs from ARM's. */
export interface Shape {
  /**
   * Keys that ARM keeps beside `properties`; it keeps all others inside, where the SDK has them all at one level.
   * Absent: the forms are alike.
   */
  envelope?: readonly string[];
  /** Properties that need more than copying. */
  fields?: Readonly<Record<string, Field>>;
  /** Properties that only the service sets. */
  outputs?: readonly string[];
  /** Inputs that the service fills when the program does not. */
  computed?: readonly string[];
}

/** A property that has another name in ARM, or whose object, or objects in an array, differ in shape. */
export interface Field {
  arm?: string;
  shape?: Shape;
  /** A list of strings among the SDK's inputs, an object with these keys and empty objects as values in ARM. */
  stringSet?: true;
  /** Shape of the values of an object whose keys the program chooses. */
  values?: Shape;
}

/** Limits of a string input. */
export interface Limits {
  min?: number;
  max?: number;
  pattern?: RegExp;
}

/** One resource type. */
export interface ResourceSpec {
  /** Type token of the SDK, `azure-native:<module>:<Resource>`. */
  token: string;
  /** ARM path; what is in braces is the SDK's input of that name, and changing it replaces the resource. */
  path: string;
  apiVersion: string;
  /** Inputs that go into the request body. */
  inputs: readonly string[];
  /** Top-level properties that only the service sets. */
  outputs: readonly string[];
  shape: Shape;
  /** Further inputs, as property path patterns, whose change replaces the resource. */
  replaceOn?: readonly string[];
  /** Required inputs that are not part of the path. */
  required?: readonly string[];
  /** Limits of string inputs. */
  limits?: Readonly<Record<string, Limits>>;
  /**
   * Lists of child resources that may also be managed on their own. When the program does not set them here, an
   * update sends what is there, since ARM would delete what is missing.
   */
  subresources?: readonly string[];
  /** Values to send when the program no longer sets an input that ARM would keep otherwise. */
  resets?: Readonly<Record<string, unknown>>;
}

/** Names of the path's inputs, in order, without the subscription. */
export function pathInputs(path: string): string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).filter((name) => name !== "subscriptionId");
}

/** How a resource gets its name when the program gives none; by the rule the official plugin uses. */
export function autoName(path: string): { input: string; kind: "random" | "copy" | "uuid" } | undefined {
  const input = /\{(\w+)\}$/.exec(path)?.[1];
  if (input === undefined) return undefined;
  if (input === "roleAssignmentName") return { input, kind: "uuid" };
  const parts = path.toLowerCase().split("microsoft.");
  const own = parts[parts.length - 1];
  // Top-level resources must not clash within a resource group; children only within their parent.
  const isTopLevel = parts.length === 1 || own.split("{").length === 2;
  return { input, kind: isTopLevel ? "random" : "copy" };
}
