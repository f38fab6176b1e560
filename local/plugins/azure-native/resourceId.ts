import type { Props } from "../rpc/values";

/**
 * The ARM id of a resource.
 *
 * @param path path with inputs in braces
 * @throws when an input is missing or not a string
 */
export function resourceId(path: string, subscriptionId: string, inputs: Props): string {
  return path.replace(/\{(\w+)\}/g, (_match, name: string) => {
    const value = name === "subscriptionId" ? subscriptionId : inputs[name];
    if (typeof value !== "string" || value === "") {
      throw new Error(`\`${name}\` is missing: ${path} cannot be made without it`);
    }
    return isPath(name) ? value.replace(/^\/+/, "") : encodeURIComponent(value);
  });
}

/**
 * The inputs in an ARM id: the reverse of `resourceId`. Case does not matter, as in ARM.
 *
 * @throws when the id does not fit the path
 */
export function inputsOfId(path: string, id: string): Record<string, string> {
  const pattern = path
    .replace(/[.*+?^$()|[\]\\]/g, "\\$&")
    .replace(/\{(\w+)\}/g, (_match, name: string) => `(?<${name}>${isPath(name) ? ".+" : "[^/]+"})`);
  const match = new RegExp(`^${pattern}$`, "i").exec(id);
  if (!match?.groups) throw new Error(`"${id}" is not an id of the form ${path}`);
  const { subscriptionId: _, ...inputs } = match.groups;
  // Programs write a scope as the id it is, with its slash.
  const value = (name: string, text: string): string => (isPath(name) ? `/${text}` : decodeURIComponent(text));
  return Object.fromEntries(Object.entries(inputs).map(([name, text]) => [name, value(name, text)]));
}

/** What an extension hangs on is a path itself. */
function isPath(input: string): boolean {
  return input === "scope" || input === "resourceUri";
}
