import { isProps, type Props, Secret, type Value } from "./values";

/** The same value without secret marks: what resource code works with. */
export function plain(value: Value): Value {
  if (value instanceof Secret) return plain(value.value);
  if (Array.isArray(value)) return value.map(plain);
  return isProps(value) ? plainProps(value) : value;
}

/** A bag of properties without secret marks. */
export function plainProps(props: Props): Props {
  return Object.fromEntries(Object.entries(props).map(([key, value]) => [key, plain(value)]));
}

/** True if the value is, or holds anywhere inside, a secret. */
export function containsSecret(value: Value): boolean {
  if (value instanceof Secret) return true;
  if (Array.isArray(value)) return value.some(containsSecret);
  return isProps(value) && Object.values(value).some(containsSecret);
}

/**
 * Puts the secret marks of one bag of properties on another, by the rule Pulumi's engine applies for providers that
 * know no secrets: an output with the name of a secret input is secret as a whole, objects are compared key by key.
 */
export function annotate(outputs: Props, inputs: Props): Props {
  const result: Props = {};
  for (const [key, value] of Object.entries(outputs)) result[key] = annotateValue(value, inputs[key]);
  return result;
}

function annotateValue(output: Value, input: Value | undefined): Value {
  if (input === undefined || output instanceof Secret || !containsSecret(input)) return output;
  if (isProps(output) && isProps(input)) return annotate(output, input);
  if (Array.isArray(output) && Array.isArray(input)) return output.map((item, i) => annotateValue(item, input[i]));
  return new Secret(output);
}

/** Masks secrets in text that people will see. */
export type Redact = (text: string) => string;

const MASK = "[secret]";
/** Shorter strings occur in ordinary text by chance: masking them would garble messages and give the secret away. */
const SHORTEST = 6;
/** Inside an object that is secret as a whole, only values under such names are credentials; a host name is not. */
const credentialKey = /password|passphrase|secret|token|privatekey|credential|saskey|^key$|certificatedata/i;

/** A function that masks the secrets found in the given properties. */
export function redactor(...bags: Props[]): Redact {
  const found = new Set<string>();
  for (const bag of bags) collect(bag, false, found);
  // Longest first, so that a secret that contains another is masked as one.
  const secrets = [...found].sort((a, b) => b.length - a.length);
  return (text) => secrets.reduce((masked, secret) => masked.split(secret).join(MASK), text);
}

function collect(value: Value, secret: boolean, found: Set<string>): void {
  if (value instanceof Secret) {
    collect(value.value, typeof value.value === "string" || Array.isArray(value.value), found);
    if (isProps(value.value)) collectCredentials(value.value, found);
  } else if (Array.isArray(value)) {
    for (const item of value) collect(item, secret, found);
  } else if (isProps(value)) {
    for (const item of Object.values(value)) collect(item, false, found);
  } else if (secret && typeof value === "string") {
    add(value, found);
  }
}

function collectCredentials(props: Props, found: Set<string>): void {
  for (const [key, value] of Object.entries(props)) {
    if (typeof value === "string" && credentialKey.test(key)) add(value, found);
    else if (isProps(value)) collectCredentials(value, found);
    else if (Array.isArray(value)) for (const item of value) if (isProps(item)) collectCredentials(item, found);
  }
}

function add(secret: string, found: Set<string>): void {
  for (const part of [secret, secret.trim(), ...secret.split("\n").filter((line) => line.trim().length >= 16)]) {
    if (part.length >= SHORTEST) found.add(part);
  }
}
