import * as fs from "node:fs";
import * as path from "node:path";
import { ifThere } from "./files";

/** What nobody but the owner has: no permission for group and others. */
const forOthers = 0o077;

/**
 * Makes a folder this user's alone. A missing one is created; one that others may enter is closed to them, and so is
 * everything in it, whatever the umask was when it was written.
 *
 * @throws Error when the folder, or something in it, belongs to another user (who could open it again, or has put it
 * there), and when the file system keeps no permissions
 */
export function ensurePrivate(folder: string): void {
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  // A link is followed here and nowhere below: the folder may be kept on another disk.
  close(fs.realpathSync(folder));
  if (fs.statSync(folder).mode & forOthers && process.platform !== "win32") {
    throw new Error(
      `\`${folder}\` cannot be closed to other users: its file system keeps no permissions. ` +
        "Move the project, or name a folder elsewhere in `STREAMING_TWIN_DIR`.",
    );
  }
}

/** Runs `work`, which has to be synchronous, so that the files it makes and the processes it starts are private. */
export function privately<T>(work: () => T): T {
  const before = process.umask(forOthers);
  try {
    return work();
  } finally {
    process.umask(before);
  }
}

function close(entry: string): void {
  // What a process that still runs deletes meanwhile needs no closing.
  const stat = fs.lstatSync(entry, { throwIfNoEntry: false });
  if (!stat) return;
  const me = process.getuid?.();
  if (me !== undefined && stat.uid !== me) {
    throw new Error(
      `\`${entry}\` belongs to user ${stat.uid}, and this is user ${me}. It holds keys and state of one user alone: ` +
        "delete it, change its owner, or name another folder in `STREAMING_TWIN_DIR`.",
    );
  }
  if (stat.isSymbolicLink()) return;
  if (stat.mode & forOthers) ifThere(() => fs.chmodSync(entry, stat.mode & 0o7700));
  if (stat.isDirectory()) {
    for (const name of ifThere(() => fs.readdirSync(entry)) ?? []) close(path.join(entry, name));
  }
}
