import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { projectRoot } from "../../../local/paths";
import type { Source } from "../../../tools/diff/source";

/** What a version of the project consists of, as far as the engine and the comparison look at it. */
const parts = [
  "Pulumi.yaml",
  "index.ts",
  "settings.ts",
  "settings",
  "components",
  "notebooks",
  "package.json",
  "package-lock.json",
  "tsconfig.json",
];

/** A copy of the project that a test may edit, with one stack, `review`. Removed by `remove`. */
export class ProjectCopy implements Source {
  readonly commit: string;
  readonly folder: string;

  private constructor(readonly ref: string) {
    this.commit = Buffer.from(ref).toString("hex").padEnd(40, "0").slice(0, 40);
    this.folder = mkdtempSync(path.join(tmpdir(), "diff-"));
  }

  /** The project as it is. */
  static original(): ProjectCopy {
    const copy = new ProjectCopy("base");
    for (const part of parts) cpSync(path.join(projectRoot, part), path.join(copy.folder, part), { recursive: true });
    symlinkSync(path.join(projectRoot, "node_modules"), path.join(copy.folder, "node_modules"));
    cpSync(path.join(__dirname, "Pulumi.review.yaml"), path.join(copy.folder, "Pulumi.review.yaml"));
    return copy;
  }

  /** A copy of this copy, by another name. */
  fork(name = "head"): ProjectCopy {
    const copy = new ProjectCopy(name);
    cpSync(this.folder, copy.folder, { recursive: true, verbatimSymlinks: true });
    return copy;
  }

  /** Replaces every occurrence of a text in a file. @throws Error when there is none: then the test tests nothing. */
  edit(file: string, before: string | RegExp, after: string): void {
    const place = path.join(this.folder, file);
    const text = readFileSync(place, "utf8");
    const edited = typeof before === "string" ? text.replaceAll(before, () => after) : text.replace(before, after);
    if (edited === text) throw new Error(`\`${file}\` has no ${before}`);
    writeFileSync(place, edited);
  }

  /** Gives the project another version of a package, with the same content. */
  upgrade(name: string, from: string, to: string): void {
    const [own, shared] = [path.join(this.folder, "node_modules"), path.join(projectRoot, "node_modules")];
    const [scope = "", base = ""] = name.split("/");
    rmSync(own);
    mkdirSync(path.join(own, scope), { recursive: true });
    for (const each of readdirSync(shared).filter((other) => other !== scope)) {
      symlinkSync(path.join(shared, each), path.join(own, each));
    }
    for (const each of readdirSync(path.join(shared, scope)).filter((other) => other !== base)) {
      symlinkSync(path.join(shared, scope, each), path.join(own, scope, each));
    }
    cpSync(path.join(shared, name), path.join(own, name), { recursive: true });
    const manifest = path.join("node_modules", name, "package.json");
    this.edit(manifest, `"version": "${from}"`, `"version": "${to}"`);
    this.edit("package.json", new RegExp(`("${name}": "\\^?)${from}"`), `$1${to}"`);
    const locked = new RegExp(`("node_modules/${name}": \\{\\s+"version": ")${from}`);
    this.edit("package-lock.json", locked, `$1${to}`);
  }

  /** Adds lines to the stack's configuration, below `config`. */
  set(...lines: string[]): void {
    const place = path.join(this.folder, "Pulumi.review.yaml");
    writeFileSync(place, `${readFileSync(place, "utf8")}${lines.map((line) => `  ${line}\n`).join("")}`);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
