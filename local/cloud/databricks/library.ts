import { z } from "zod";
import { invalidParameter } from "./errors";
import { read } from "./input";

const strings = z.array(z.string());

const library = z.looseObject({
  maven: z
    .looseObject({ coordinates: z.string(), repo: z.string().optional(), exclusions: strings.optional() })
    .optional(),
  pypi: z.looseObject({ package: z.string() }).optional(),
  cran: z.looseObject({ package: z.string() }).optional(),
  jar: z.string().optional(),
  whl: z.string().optional(),
  egg: z.string().optional(),
  requirements: z.string().optional(),
});

/** A library in Databricks's form: an object with one key that says of what kind it is. */
export type Library = z.infer<typeof library>;

const kinds = ["maven", "pypi", "cran", "jar", "whl", "egg", "requirements"] as const;

/**
 * Checks a list of libraries.
 *
 * @param field where the list is in the request, for messages
 */
export function readLibraries(values: unknown[], field = "libraries"): Library[] {
  return values.map((value, index) => {
    const parsed = read(library, value, `${field}[${index}].`);
    const given = kinds.filter((kind) => parsed[kind] !== undefined);
    if (given.length !== 1) {
      throw invalidParameter(`\`${field}[${index}]\` needs exactly one of ${kinds.join(", ")}; got ${given.length}`);
    }
    const coordinates = parsed.maven?.coordinates;
    if (coordinates !== undefined && !/^[^:\s]+:[^:\s]+(:[^:\s]+){1,3}$/.test(coordinates)) {
      throw invalidParameter(`Maven coordinates must be group:artifact:version, got "${coordinates}"`);
    }
    return parsed;
  });
}

/** Two libraries with the same key are the same library. */
export function libraryKey(value: Library): string {
  const kind = kinds.find((candidate) => value[candidate] !== undefined) ?? "maven";
  return JSON.stringify([kind, value[kind]]);
}

/** For messages. */
export function shortOf(value: Library): string {
  return value.maven?.coordinates ?? libraryKey(value);
}

/** Why the twin cannot install this kind of library; undefined when it can. */
export function canInstall(value: Library): string | undefined {
  if (value.maven) return undefined;
  const kind = kinds.find((candidate) => value[candidate] !== undefined);
  return `The local twin installs Maven libraries only, not \`${kind}\`: its notebooks are Scala on Spark's own class path`;
}

/**
 * Why a library is SKIPPED on a runtime with this Scala version: the artifact's name ends in another one, such as
 * `_2.11`. Databricks counts that as success, so a wrong suffix shows only when a notebook misses a class.
 */
export function scalaMismatch(value: Library, scala: string): string | undefined {
  const artifact = value.maven?.coordinates.split(":")[1] ?? "";
  const suffix = /_(\d+(?:\.\d+)*)$/.exec(artifact)?.[1];
  if (suffix === undefined || suffix === scala) return undefined;
  return `Skipped: \`${artifact}\` is built for Scala ${suffix}, and the runtime of this cluster has Scala ${scala}`;
}
