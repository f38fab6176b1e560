import { table as markdownTable } from "../markdown";

/** Why a package is here. */
export interface Reason {
  for: string;
  /** Where no import loads it: the file that has it loaded, and the word there. */
  loadedBy?: [file: string, word: string];
}

/** What a package says of itself, as far as it is looked at. */
export interface Manifest {
  version: string;
  license?: string;
  /** As packages had it before there was `license`. */
  licenses?: { type: string }[];
}

/**
 * What is wrong with the list of packages: one without a reason, a reason without a package, one that nothing loads.
 *
 * @param packages ranges by name, as package.json has them
 * @param sources the texts of all files that may import one
 * @param read gives the text of a file of the project
 */
export function problems(
  packages: Readonly<Record<string, string>>,
  reasons: Readonly<Record<string, Reason>>,
  sources: readonly string[],
  read: (file: string) => string,
): string[] {
  const imported = new Set(sources.flatMap(importsOf));
  return [
    ...Object.keys(packages).flatMap((name) => {
      const reason = reasons[name];
      if (!reason) return [`\`${name}\` has no reason: say in tools/dependencies/reasons.yaml what it is for.`];
      const { loadedBy: [file, word] = [] } = reason;
      if (file && word ? read(file).includes(word) : imported.has(name)) return [];
      return [
        `\`${name}\` is loaded by ${file ? `no \`${word}\` in ${file}` : "no import"}: take it out of package.json.`,
      ];
    }),
    ...Object.keys(reasons)
      .filter((name) => !(name in packages))
      .map((name) => `\`${name}\` has a reason in tools/dependencies/reasons.yaml, and is not in package.json.`),
  ];
}

/** The packages that a source names where it imports, loads or resolves something. */
function importsOf(source: string): string[] {
  const named = source.matchAll(
    /(?:from|import|require|resolve|load|style)\s*\(?\s*["'](@[\w.-]+\/[\w.-]+|[\w][\w.-]*)(?:\/[^"']*)?["']/g,
  );
  return [...named].map(([, name = ""]) => name);
}

/** The packages with version, licence and reason. */
export function table(
  packages: Readonly<Record<string, string>>,
  reasons: Readonly<Record<string, Reason>>,
  manifestOf: (name: string) => Manifest,
): string {
  const rows = Object.entries(packages).map(([name, range]) => {
    const { license, licenses } = manifestOf(name);
    const why = (reasons[name]?.for ?? "").replaceAll("|", "\\|");
    return [`\`${name}\``, range, license ?? licenses?.map(({ type }) => type).join(", ") ?? "", why];
  });
  return markdownTable(["Package", "Version", "Licence", "What for"], rows);
}
