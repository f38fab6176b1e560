import * as fs from "node:fs";
import * as path from "node:path";
import { writeFileAtomic } from "../../files";
import { HttpError } from "../http";
import { JsonStore } from "../store";
import type { WorkspaceContext } from "./context";
import { alreadyExists, doesNotExist, invalidParameter } from "./errors";

export type Language = "SCALA" | "PYTHON" | "SQL" | "R";

export interface WorkspaceObject {
  object_type: "NOTEBOOK" | "DIRECTORY" | "FILE";
  path: string;
  object_id: number;
  language?: Language;
  created_at: number;
  modified_at: number;
  size?: number;
}

const mostBytes = 10 * 1024 * 1024;

/** The workspace's tree of folders, notebooks and files. Contents are files of their own, beside an index. */
export class WorkspaceObjects {
  private readonly store: JsonStore<WorkspaceObject>;

  constructor(private readonly context: WorkspaceContext) {
    this.store = JsonStore.open(path.join(context.folder, "objects.json"));
    for (const folder of ["/Shared", `/Users/${context.userName}`]) this.mkdirs(folder);
  }

  /** `/Workspace/Users/a` is the same object as `/Users/a`. */
  static normal(given: string): string {
    if (!given.startsWith("/")) throw invalidParameter(`Path (${given}) doesn't start with '/'`);
    const parts = given.split("/").filter((part) => part !== "");
    if (parts[0] === "Workspace") parts.shift();
    if (parts.some((part) => part === "." || part === "..")) {
      throw invalidParameter(`Path (${given}) must not contain '.' or '..'`);
    }
    return `/${parts.join("/")}`;
  }

  find(given: string): WorkspaceObject | undefined {
    const normal = WorkspaceObjects.normal(given);
    if (normal === "/") return { object_type: "DIRECTORY", path: "/", object_id: 0, created_at: 0, modified_at: 0 };
    return this.store.get(normal);
  }

  byId(objectId: number): WorkspaceObject | undefined {
    return this.store.values().find((object) => object.object_id === objectId);
  }

  get(given: string): WorkspaceObject {
    const object = this.find(given);
    if (!object) throw doesNotExist(`Path (${given}) doesn't exist.`);
    return object;
  }

  /** The children of a folder by name; of anything else, the thing itself. */
  list(given: string): WorkspaceObject[] {
    const object = this.get(given);
    if (object.object_type !== "DIRECTORY") return [object];
    return this.store
      .values()
      .filter((other) => path.posix.dirname(other.path) === object.path)
      .sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  /** Creates a folder and those above it. Does nothing when it is there. */
  mkdirs(given: string): void {
    const normal = WorkspaceObjects.normal(given);
    const present = this.find(normal);
    if (present && present.object_type !== "DIRECTORY") {
      throw alreadyExists(`Path (${given}) already exists and is not a directory.`);
    }
    if (present) return;
    this.mkdirs(path.posix.dirname(normal));
    this.save({ object_type: "DIRECTORY", path: normal, object_id: newId(), ...stamps() });
  }

  /**
   * Writes a notebook (with its language) or a file (without).
   *
   * @throws HttpError RESOURCE_DOES_NOT_EXIST when the parent folder is missing, RESOURCE_ALREADY_EXISTS when something
   * is there and `overwrite` is false, or is there and is of another kind
   */
  write(given: string, content: Buffer, language: Language | undefined, overwrite: boolean): WorkspaceObject {
    const normal = WorkspaceObjects.normal(given);
    const parent = path.posix.dirname(normal);
    if (this.find(parent)?.object_type !== "DIRECTORY") {
      throw doesNotExist(`The parent folder (${parent}) does not exist.`);
    }
    if (content.length > mostBytes) {
      throw new HttpError(
        400,
        "MAX_NOTEBOOK_SIZE_EXCEEDED",
        `File size imported is (${content.length} bytes), exceeded max size (${mostBytes} bytes)`,
      );
    }
    const object_type = language ? "NOTEBOOK" : "FILE";
    const present = this.find(normal);
    if (present && (!overwrite || present.object_type !== object_type)) {
      const hint = overwrite ? ` as a ${present.object_type}` : "";
      throw alreadyExists(`Path (${given}) already exists${hint}.`);
    }
    const object_id = present?.object_id ?? newId();
    const { created_at, modified_at } = stamps();
    writeFileAtomic(this.contentFile(object_id), content);
    const object: WorkspaceObject = {
      object_type,
      path: normal,
      object_id,
      ...(language && { language }),
      ...(!language && { size: content.length }),
      created_at: present?.created_at ?? created_at,
      modified_at,
    };
    this.save(object);
    return object;
  }

  content(object: WorkspaceObject): Buffer {
    return fs.readFileSync(this.contentFile(object.object_id));
  }

  delete(given: string, recursive: boolean): void {
    const object = this.get(given);
    if (object.path === "/") throw invalidParameter("The root folder cannot be deleted");
    const below = this.store.values().filter((other) => other.path.startsWith(`${object.path}/`));
    if (below.length > 0 && !recursive) {
      throw new HttpError(400, "DIRECTORY_NOT_EMPTY", `Folder (${given}) is not empty`);
    }
    const gone = [object, ...below];
    this.store.delete(...gone.map((other) => other.path));
    for (const other of gone) fs.rmSync(this.contentFile(other.object_id), { force: true });
  }

  private save(object: WorkspaceObject): void {
    this.store.set(object.path, object);
  }

  private contentFile(objectId: number): string {
    return path.join(this.context.folder, "objects", String(objectId));
  }
}

const newId = () => 1e14 + Math.floor(Math.random() * 9e14);

function stamps() {
  const now = Date.now();
  return { created_at: now, modified_at: now };
}
