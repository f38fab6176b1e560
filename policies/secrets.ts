import { type ResourceRemediation, Secret } from "@pulumi/policy";

/** Names of inputs that hold what nobody may read. Ids, names and addresses of secrets are none themselves. */
const secretName =
  /(?:password|passphrase|secret|privatekey|sharedkey|accountkey|token|connectionstring|stringvalue)(?!.*(?:id|name|uri|url|version|scope)$)/i;
const packages = /^(?:azure-native|databricks|command):|^pulumi:providers:(?:azure-native|databricks|command)$/;

/** Where something is a secret, and how it is made one, in the form in which a resource's inputs are at hand. */
export interface SecretMarks {
  isSecret(value: unknown): boolean;
  mark(value: string): unknown;
}

/**
 * Inputs that look like secrets and are none for Pulumi, which would write them in clear into its state.
 *
 * @returns their paths, and the inputs with a mark on each
 */
export function markSecrets(
  type: string,
  props: Record<string, unknown>,
  { isSecret, mark }: SecretMarks,
): { found: string[]; props: Record<string, unknown> } {
  const found: string[] = [];
  const walk = (value: unknown, path: string[]): unknown => {
    if (isSecret(value)) return value;
    if (Array.isArray(value)) return value.map((inner, index) => walk(inner, [...path, String(index)]));
    if (typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype) {
      return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, walk(inner, [...path, key])]));
    }
    if (typeof value !== "string" || value === "" || !looksSecret(value, path)) return value;
    found.push(path.join("."));
    return mark(value);
  };
  if (!packages.test(type)) return { found, props };
  return { props: walk(props, []) as Record<string, unknown>, found };
}

function looksSecret(value: string, path: string[]): boolean {
  const name = path.at(-1) ?? "";
  // Keys of storage accounts are called just that.
  const isAccountKey = name === "key" && path.includes("storageaccounts");
  // A reference of Databricks, resolved on the cluster.
  const isReference = /^\{\{secrets\/.*\}\}$/.test(value);
  return !isReference && (isAccountKey || secretName.test(name) || /-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(value));
}

/**
 * Rules see secrets unwrapped, so none of them could tell a secret from a text. A remediation sees the marks, and sets
 * those that are missing. The engine says so, with the resource's name.
 */
export const encryptSecrets: ResourceRemediation = ({ type, props }) => {
  const marks = { isSecret: (value: unknown) => value instanceof Secret, mark: (value: string) => new Secret(value) };
  const { found, props: marked } = markSecrets(type, unwrap(props), marks);
  return found.length > 0 ? marked : undefined;
};

/** The SDK hands over inputs behind proxies that hide the marks; these two names lead to what is behind. */
function unwrap(props: Record<string, unknown>): Record<string, unknown> {
  let inner = props;
  while (inner.__isSpecialProxy) inner = inner.__getSpecialProxyTarget as Record<string, unknown>;
  return inner;
}
