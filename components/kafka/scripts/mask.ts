/** What of a script action nobody is to read in a message. */
export interface Hidden {
  /** The script's address: its query holds a signature, where it has one. */
  uri: string;
  /** The script's arguments, one line. */
  parameters?: string;
}

/**
 * A text without a script action's arguments and without the query of its address. Azure's refusals may repeat the call,
 * and scripts may write what they were given; either may have changed how a value is written (JSON, percent signs).
 */
export function masked(text: string, { uri, parameters = "" }: Hidden): string {
  const query = URL.canParse(uri) ? new URL(uri).search.slice(1) : "";
  // Signatures are long; of what else is in a query, such as `https`, any text may be full.
  const signatures = valuesOf(query).filter((value) => value.length >= 16);
  const words = parameters.split(/[\s'"=]+/);
  const given = [query, ...signatures, parameters, ...words].filter((word) => word.length > 3);
  const written = given.flatMap((word) => [word, JSON.stringify(word).slice(1, -1), encodeURIComponent(word)]);
  // The longest first, so that no rest of it is left.
  return [...new Set(written)]
    .sort((a, b) => b.length - a.length)
    .reduce((rest, word) => rest.replaceAll(word, "[secret]"), text);
}

/** The values of a query, as they stand in it and decoded. */
function valuesOf(query: string): string[] {
  const asWritten = query.split("&").map((pair) => pair.slice(pair.indexOf("=") + 1));
  return [...asWritten, ...new URLSearchParams(query).values()];
}
