import { mkdirSync } from "node:fs";
import * as path from "node:path";
import { execa } from "execa";
import { projectRoot } from "../../local/paths";

const somebody = Object.fromEntries(
  ["AUTHOR", "COMMITTER"].flatMap((role) => [
    [`GIT_${role}_NAME`, "Bench"],
    [`GIT_${role}_EMAIL`, "bench@example.com"],
  ]),
);

/** Commits on top of the one that is checked out, kept apart from the repository's own: it never hears of them. */
export class Commits {
  private constructor(
    private readonly folder: string,
    /** For every git that is to find these commits. */
    readonly env: Record<string, string>,
  ) {}

  static async open(folder: string): Promise<Commits> {
    const objects = path.join(folder, "objects");
    mkdirSync(objects, { recursive: true });
    const { stdout } = await execa("git", ["rev-parse", "--path-format=absolute", "--git-path", "objects"], {
      cwd: projectRoot,
    });
    return new Commits(folder, { GIT_OBJECT_DIRECTORY: objects, GIT_ALTERNATE_OBJECT_DIRECTORIES: stdout });
  }

  /** Commits files, by their path in the project, and returns the commit's id. */
  async add(files: Record<string, string>): Promise<string> {
    await this.git(["read-tree", "HEAD"]);
    for (const [file, text] of Object.entries(files)) {
      const blob = await this.git(["hash-object", "-w", "--stdin"], text);
      await this.git(["update-index", "--add", "--cacheinfo", `100644,${blob},${file}`]);
    }
    return this.git(["commit-tree", await this.git(["write-tree"]), "-p", "HEAD", "-m", "Files of a bench"]);
  }

  private async git(args: string[], input = ""): Promise<string> {
    const env = { ...this.env, ...somebody, GIT_INDEX_FILE: path.join(this.folder, "index") };
    const { stdout } = await execa("git", args, { cwd: projectRoot, env, input });
    return stdout;
  }
}
