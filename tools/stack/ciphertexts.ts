/**
 * Whether a value of a stack file is an encrypted one: an object with nothing but a text `secure`.
 * Source: https://pkg.go.dev/github.com/pulumi/pulumi/sdk/v3/go/common/resource/config (`isSecureValue`)
 */
export function isCiphertext(value: unknown): value is { secure: string } {
  if (value === null || typeof value !== "object") return false;
  return Object.keys(value).length === 1 && typeof (value as { secure?: unknown }).secure === "string";
}

/** Whether a value of a stack file is encrypted, or has a part that is: Pulumi takes all of the key for a secret then. */
export function hasCiphertext(value: unknown): boolean {
  if (value === null || typeof value !== "object") return false;
  return isCiphertext(value) || Object.values(value).some(hasCiphertext);
}

/**
 * The value of a key with another value for each part that `pulumi config set --secret --path` encrypted.
 *
 * @param standIn told where the part is, such as `streaming:topics[0].name`, and its ciphertext
 */
export function withoutCiphertexts(
  value: unknown,
  path: string,
  standIn: (path: string, ciphertext: string) => unknown,
): unknown {
  if (isCiphertext(value)) return standIn(path, value.secure);
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map((item, index) => withoutCiphertexts(item, `${path}[${index}]`, standIn));
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => {
      const step = /^[\w-]+$/.test(name) ? `.${name}` : `["${name}"]`;
      return [name, withoutCiphertexts(item, `${path}${step}`, standIn)];
    }),
  );
}
