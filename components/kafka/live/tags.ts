/** Names and values of a resource's tags. */
export type Tags = Record<string, string>;

/**
 * What the tags of a resource are to be: those it has (`now`), whoever gave them, without those that were declared before
 * and are no more (`before`, by name), and with those that are declared, in this spelling where their value is another.
 *
 * Azure takes names that differ in upper and lower case for one, and values that do for two:
 * https://learn.microsoft.com/azure/azure-resource-manager/management/tag-resources
 */
export function mergedTags(now: Tags, declared: Tags, before: string[]): Tags {
  const present = new Map(Object.entries(now).map(([name, value]) => [name.toLowerCase(), { name, value }]));
  for (const name of before) present.delete(name.toLowerCase());
  for (const [name, value] of Object.entries(declared)) {
    // A name that somebody spells otherwise stays as it is: Azure keeps what it likes, and would seem to differ for ever.
    const spelling = Object.keys(now).find((other) => other.toLowerCase() === name.toLowerCase()) ?? name;
    present.set(name.toLowerCase(), { name: now[spelling] === value ? spelling : name, value });
  }
  return Object.fromEntries([...present.values()].map(({ name, value }) => [name, value]));
}
