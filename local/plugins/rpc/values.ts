/**
 * Property values as provider plugins see them: JSON, plus values that are not known yet (previews) and secrets.
 * Pulumi's own classes for these need a running program, which a plugin is not.
 */
export type Value = null | boolean | number | string | Unknown | Secret | Value[] | Props;

/** A bag of properties: the inputs or the state of a resource, or any object inside. */
export interface Props {
  [key: string]: Value;
}

/** A value the engine does not know yet: during a preview, an output of a resource that does not exist. */
export class Unknown {
  private readonly kind = "unknown";
  toString(): string {
    return `[${this.kind}]`;
  }
}

/** The only instance of `Unknown`. */
export const UNKNOWN = new Unknown();

/** A value that must stay encrypted in the state and masked on screen. */
export class Secret {
  constructor(readonly value: Value) {}
  /** Never shows the value: secrets end up in template strings by accident. */
  toString(): string {
    return "[secret]";
  }
  toJSON(): string {
    return "[secret]";
  }
}

/** True for an object with properties, false for arrays, secrets and unknowns. */
export function isProps(value: Value | undefined): value is Props {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Unknown) &&
    !(value instanceof Secret)
  );
}

/** True if the value is, or holds anywhere inside, a value that is not known yet. */
export function containsUnknown(value: Value): boolean {
  if (value instanceof Unknown) return true;
  if (value instanceof Secret) return containsUnknown(value.value);
  if (Array.isArray(value)) return value.some(containsUnknown);
  return isProps(value) && Object.values(value).some(containsUnknown);
}

/** Structural equality. An unknown equals nothing but another unknown. */
export function equal(a: Value | undefined, b: Value | undefined): boolean {
  if (a === b) return true;
  if (a instanceof Secret && b instanceof Secret) return equal(a.value, b.value);
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, i) => equal(item, b[i]));
  if (isProps(a) && isProps(b)) {
    const keys = Object.keys(a);
    return keys.length === Object.keys(b).length && keys.every((key) => key in b && equal(a[key], b[key]));
  }
  return false;
}

/** The string at a key, or undefined when it is absent, empty, unknown or of another type. */
export function text(props: Props, key: string): string | undefined {
  const value = props[key];
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** The object at a key; an empty one when it is absent. */
export function child(props: Props, key: string): Props {
  const value = props[key];
  return isProps(value) ? value : {};
}

/** A copy without the given keys. */
export function without(props: Props, keys: readonly string[]): Props {
  return Object.fromEntries(Object.entries(props).filter(([key]) => !keys.includes(key)));
}

/** A copy with the given keys only. */
export function pick(props: Props, keys: readonly string[]): Props {
  return Object.fromEntries(Object.entries(props).filter(([key]) => keys.includes(key)));
}
