import { randomUUID } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { HttpError } from "../http";
import { invalidParameter } from "./errors";

export interface VolumeEntry {
  path: string;
  name: string;
  is_directory: boolean;
  file_size?: number;
  last_modified: number;
}

/** Bytes of a name, on every file system that matters here. */
const longestName = 255;

const notFound = (message: string) => new HttpError(404, "NOT_FOUND", message);

/**
 * The files under `/Volumes`, as the Files API and notebooks see them. A volume (`/Volumes/catalog/schema/volume`)
 * comes into being with the first thing written into it: the twin has no Unity Catalog to create it in.
 */
export class Volumes {
  constructor(private readonly root: string) {}

  /** Entries of a folder by name. */
  async list(given: string): Promise<VolumeEntry[]> {
    const folder = await this.existing(given);
    if (!(await fs.promises.stat(folder)).isDirectory()) throw invalidParameter(`${given} is not a directory`);
    const names = (await fs.promises.readdir(folder)).sort();
    const entries = await Promise.all(names.map((name) => this.entry(folder, name, given)));
    return entries.filter((entry) => entry !== undefined);
  }

  /** A file that is there: where it is on this machine, and its size and time in ms. */
  async file(given: string): Promise<{ file: string; size: number; modified: number }> {
    const file = await this.existing(given);
    const stat = await fs.promises.stat(file);
    if (!stat.isFile()) throw invalidParameter(`${given} is a directory, not a file`);
    return { file, size: stat.size, modified: stat.mtimeMs };
  }

  async isDirectory(given: string): Promise<boolean> {
    return (await fs.promises.stat(await this.existing(given))).isDirectory();
  }

  /** Creates a folder and those above it. Does nothing when it is there. */
  async mkdir(given: string): Promise<void> {
    const folder = await this.writable(given, 3);
    if (fs.existsSync(folder) && !fs.statSync(folder).isDirectory()) {
      throw new HttpError(409, "ALREADY_EXISTS", `${given} is a file`);
    }
    await fs.promises.mkdir(folder, { recursive: true });
  }

  /** Writes a file in one step, and the folders above it. */
  async put(given: string, content: Readable, overwrite: boolean): Promise<void> {
    const file = await this.writable(given, 4);
    if (fs.existsSync(file)) {
      if (fs.statSync(file).isDirectory()) throw invalidParameter(`${given} is a directory, not a file`);
      if (!overwrite) throw new HttpError(409, "ALREADY_EXISTS", `The file ${given} already exists`);
    }
    await fs.promises.mkdir(path.dirname(file), { recursive: true });
    const partial = path.join(path.dirname(file), `.${randomUUID()}.partial`);
    try {
      await pipeline(content, fs.createWriteStream(partial, { mode: 0o600 }));
      await fs.promises.rename(partial, file);
    } catch (error) {
      await fs.promises.rm(partial, { force: true });
      throw error;
    }
  }

  async deleteFile(given: string): Promise<void> {
    const { file } = await this.file(given);
    await fs.promises.rm(file);
  }

  /** Deletes an empty folder. */
  async deleteDirectory(given: string): Promise<void> {
    const folder = await this.existing(given);
    if (!(await fs.promises.stat(folder)).isDirectory()) throw invalidParameter(`${given} is not a directory`);
    if (partsOf(given).length < 4)
      throw invalidParameter(`${given} is a volume or above it, not a directory inside one`);
    if ((await fs.promises.readdir(folder)).length > 0) {
      throw new HttpError(400, "DIRECTORY_NOT_EMPTY", `The directory ${given} is not empty`);
    }
    await fs.promises.rmdir(folder);
  }

  private async entry(folder: string, name: string, given: string): Promise<VolumeEntry | undefined> {
    try {
      const stat = await fs.promises.lstat(path.join(folder, name));
      if (stat.isSymbolicLink()) return undefined;
      return {
        path: `/${["Volumes", ...partsOf(given), name].join("/")}`,
        name,
        is_directory: stat.isDirectory(),
        ...(stat.isFile() && { file_size: stat.size }),
        last_modified: Math.round(stat.mtimeMs),
      };
    } catch (error) {
      // Streams write and rename files all the time: one that is gone since readdir is not part of the list.
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw error;
    }
  }

  private async existing(given: string): Promise<string> {
    const file = path.join(this.root, ...partsOf(given));
    try {
      await this.refuseLinks(file, given);
      await fs.promises.access(file);
      return file;
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === "ENOENT" || code === "ENOTDIR") throw notFound(`No file or directory exists at ${given}`);
      throw error;
    }
  }

  private async writable(given: string, leastParts: number): Promise<string> {
    const parts = partsOf(given);
    if (parts.length < leastParts) {
      throw invalidParameter(`${given} is not inside a volume; paths are /Volumes/<catalog>/<schema>/<volume>/<path>`);
    }
    const file = path.join(this.root, ...parts);
    await this.refuseLinks(file, given);
    return file;
  }

  /** Links are the one way out of the folder that the path's text does not show. */
  private async refuseLinks(file: string, given: string): Promise<void> {
    await fs.promises.mkdir(this.root, { recursive: true, mode: 0o700 });
    const root = await fs.promises.realpath(this.root);
    let present = file;
    while (!isPresent(present)) present = path.dirname(present);
    // A dangling link is present and has no real path.
    const real = await fs.promises.realpath(present).catch(() => undefined);
    if (real !== path.join(root, path.relative(this.root, present))) {
      throw new HttpError(403, "PERMISSION_DENIED", `${given} leads through a symbolic link`);
    }
  }
}

function isPresent(file: string): boolean {
  try {
    fs.lstatSync(file);
    return true;
  } catch {
    return false;
  }
}

/** The parts of a path below `/Volumes`; refuses whatever could mean another place. */
function partsOf(given: string): string[] {
  const parts = given.split("/").filter((part) => part !== "");
  if (parts[0] !== "Volumes") throw invalidParameter(`Path ${given} must start with /Volumes/`);
  const bad = parts.find((part) => part === "." || part === ".." || /[\\\0]/.test(part));
  if (bad !== undefined) throw invalidParameter(`Path ${given} must not contain "${bad.replaceAll("\0", "\\0")}"`);
  const long = parts.find((part) => Buffer.byteLength(part) > longestName);
  if (long !== undefined) {
    throw invalidParameter(`"${long.slice(0, 40)}..." is too long: names of files have at most ${longestName} bytes`);
  }
  return parts.slice(1);
}
