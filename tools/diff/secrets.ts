import { wire } from "../../local/plugins/rpc/wire";
import { secret } from "./values";

/** Names of properties whose values are never shown where an object was secret as a whole, or a configuration is in clear. */
export const secretName =
  /(?:password|passphrase|secret|token|credentials?|(?:^|private|api|access|account|shared|secret|primary|secondary)_?key\d?|connection_?string)$/i;

/** A text that is a secret by what it says, whatever its name: a signed address, one with a login in it, a connection string. */
export const secretText =
  /[?&](?:[\w-]*sig(?:nature)?|code|[\w-]*token)=|:\/\/[^/\s:@]+:[^/\s@]+@|\b(?:account_?key|shared_?access_?key|password|pwd)=/i;

/**
 * The same value, with every secret as `[secret]`. An object that is secret as a whole is opened, since the engine makes
 * it one for the sake of a single value in it: a cluster's size is nobody's secret. What stays hidden in it is what is
 * known to be secret by its value, or by its name.
 *
 * @param known values to hide wherever they are
 */
export function withoutSecrets<T>(value: T, known: Iterable<string>): T {
  const hidden = new Set([...known, ...plainSecrets(value)].filter((text) => text !== ""));
  return hide(value, hidden, false) as T;
}

function hide(value: unknown, hidden: ReadonlySet<string>, inSecret: boolean): unknown {
  if (typeof value === "string") return containing(value, hidden) ? secret : value;
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map((item) => hide(item, hidden, inSecret));
  const opened = openSecret(value);
  if (opened) {
    const isStructure = typeof opened.value === "object" && opened.value !== null;
    return isStructure ? hide(opened.value, hidden, true) : secret;
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => {
      const isSecret = inSecret && secretName.test(key) && typeof item === "string";
      return [key, isSecret ? secret : hide(item, hidden, inSecret)];
    }),
  );
}

function containing(text: string, hidden: ReadonlySet<string>): boolean {
  if (hidden.has(text)) return true;
  for (const each of hidden) if (each.length >= 8 && text.includes(each)) return true;
  return false;
}

/**
 * A text that somebody else worded, such as an error of a provider that repeats a command line, with every secret in it as
 * `[secret]`, and with each line of one that has several. What is shorter than 8 characters stays: it would be found
 * everywhere.
 */
export function withoutSecretTexts(text: string, secrets: Iterable<string>): string {
  const forms = [...secrets].flatMap((each) => {
    const lines = each.split(/\r?\n/).filter((line) => !line.startsWith("-----"));
    return [each, ...lines].flatMap((form) => [form, escaped(form), encodeURIComponent(wellFormed(form))]);
  });
  const longestFirst = [...new Set(forms)].filter(({ length }) => length >= 8).sort((a, b) => b.length - a.length);
  return longestFirst.reduce((rest, form) => rest.replaceAll(form, () => secret), text);
}

/** As JSON and Go quote it. */
function escaped(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** Without what no URL can hold. */
function wellFormed(text: string): string {
  return text.replaceAll(/\p{Surrogate}/gu, "");
}

/** Secrets among the variables of a process, by their names: logins and passphrases. */
export function secretVariables(env: Readonly<Record<string, string | undefined>> = process.env): string[] {
  return Object.entries(env).flatMap(([name, value]) => (value && secretVariable.test(name) ? [value] : []));
}

const secretVariable = /(?:password|passphrase|secret|token|_key)$/i;

/** Whether the engine writes the value as a secret, open or not. */
export function isSecret(value: unknown): boolean {
  return typeof value === "object" && value !== null && openSecret(value) !== undefined;
}

/** What is in a secret, if the value is one. The engine that does not show it leaves nothing to open. */
function openSecret(value: object): { value: unknown } | undefined {
  const { [wire.signature]: kind, plaintext } = value as Record<string, unknown>;
  if (kind !== wire.secret) return undefined;
  return { value: typeof plaintext === "string" ? JSON.parse(plaintext) : undefined };
}

/** All texts in the value that nobody may see, those among them by whose names alone it is told. */
export function secretsIn(value: unknown, inSecret = false): string[] {
  if (value === null || typeof value !== "object") return [];
  const opened = openSecret(value);
  if (opened) return typeof opened.value === "string" ? [opened.value] : secretsIn(opened.value, true);
  return Object.entries(value).flatMap(([key, item]) =>
    inSecret && typeof item === "string" && secretName.test(key) ? [item] : secretsIn(item, inSecret),
  );
}

/** Texts that are secrets of their own somewhere in the value. */
function plainSecrets(value: unknown): string[] {
  if (value === null || typeof value !== "object") return [];
  const opened = openSecret(value);
  if (!opened) return Object.values(value).flatMap(plainSecrets);
  return typeof opened.value === "string" ? [opened.value] : plainSecrets(opened.value);
}
