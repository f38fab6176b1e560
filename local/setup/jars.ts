import { statSync } from "node:fs";
import * as path from "node:path";
import parseCoordinate from "mvn-artifact-name-parser";
import artifactUrl from "mvn-artifact-url";
import pMap from "p-map";
import { toolPaths } from "../paths";
import { download } from "./download";
import lockFile from "./jars.lock.json";

/** `jars.lock.json`: which jars make up each group, and what each of them must be. */
export interface JarLock {
  /** Group name to the coordinates of its jars. */
  groups: Record<string, string[]>;
  /** Coordinate to hash and size in bytes. */
  artifacts: Record<string, { sha256: string; size: number }>;
}

const lock: JarLock = lockFile;

/** The groups of the lock: `kafka`, `spark`, and one for each library, named by its coordinate. */
export const jarGroupNames: readonly string[] = Object.keys(lock.groups);

/** Where a jar is, in Maven repository layout. */
export function jarPath(coordinate: string, jars = toolPaths().jars): string {
  const { groupId, artifactId, version, classifier } = parseCoordinate(coordinate);
  const name = [artifactId, version, ...(classifier ? [classifier] : [])].join("-");
  return path.join(jars, ...groupId.split("."), artifactId, version, `${name}.jar`);
}

/**
 * The jars of a group, as absolute paths. A library's group leaves out what the `spark` group holds.
 * Throws for a group that the lock does not have.
 */
export function classpath(group: string, jars = toolPaths().jars): string[] {
  const coordinates = lock.groups[group];
  if (!coordinates) {
    throw new Error(`No jars are locked for \`${group}\`; there are groups for ${jarGroupNames.join(", ")}.`);
  }
  return coordinates.map((coordinate) => jarPath(coordinate, jars));
}

/** Coordinates of what is not there yet. A file is complete when its size is right: it got its name after its hash was checked. */
export function missingJars(jars = toolPaths().jars, locked: JarLock = lock): string[] {
  return Object.keys(locked.artifacts).filter((coordinate) => {
    const found = statSync(jarPath(coordinate, jars), { throwIfNoEntry: false });
    return found?.size !== locked.artifacts[coordinate].size;
  });
}

/** How much these are, in bytes. */
export function bytesOf(coordinates: readonly string[]): number {
  return coordinates.reduce((sum, coordinate) => sum + (lock.artifacts[coordinate]?.size ?? 0), 0);
}

export interface JarProgress {
  /** Bytes here, of `totalBytes` that were missing at the start. */
  bytes: number;
  totalBytes: number;
  files: number;
  totalFiles: number;
}

export interface JarOptions {
  jars?: string;
  /** Base address of a Maven repository. Default: environment variable MAVEN_REPOSITORY, else the public one. */
  repository?: string;
  locked?: JarLock;
  onProgress?: (progress: JarProgress) => void;
  /** See `Download.pause`. */
  pause?: number;
}

/**
 * Downloads the jars that are missing, eight at a time; what is there stays, so an interrupted run continues.
 * Rejects, naming the jar and the repository, when one cannot be had or is not what the lock says.
 */
export async function downloadJars(options: JarOptions = {}): Promise<JarProgress> {
  const { jars = toolPaths().jars, locked = lock, onProgress } = options;
  const base = options.repository ?? process.env.MAVEN_REPOSITORY;
  const missing = missingJars(jars, locked);
  const received = new Map<string, number>();
  const totalBytes = missing.reduce((sum, coordinate) => sum + locked.artifacts[coordinate].size, 0);
  let files = 0;
  const progress = (): JarProgress => {
    const bytes = [...received.values()].reduce((sum, one) => sum + one, 0);
    return { bytes, totalBytes, files, totalFiles: missing.length };
  };
  await pMap(
    missing,
    async (coordinate) => {
      const url = await artifactUrl(parseCoordinate(coordinate), base && `${base.replace(/\/+$/, "")}/`);
      try {
        await download({
          url,
          file: jarPath(coordinate, jars),
          sha256: locked.artifacts[coordinate].sha256,
          pause: options.pause,
          onReceived: (bytes) => {
            received.set(coordinate, bytes);
            onProgress?.(progress());
          },
        });
      } catch (error) {
        const reason = (error as Error).message;
        throw new Error(
          `Jar \`${coordinate}\` could not be downloaded: ${reason}. Run the command again to continue, or set MAVEN_REPOSITORY to a Maven repository that this machine can reach.`,
        );
      }
      files++;
      onProgress?.(progress());
    },
    { concurrency: 8 },
  );
  return progress();
}
