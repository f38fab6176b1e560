import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import * as path from "node:path";
import type * as TypeScript from "typescript";
import { writeFileAtomic } from "../../local/files";
import { projectRoot } from "../../local/paths";
import { makeFolder, touch } from "./cache";

/** The program is no TypeScript. The message names the files, the lines and what is wrong there. */
export class CannotCompile extends Error {}

/** A file as JavaScript, with the map to its lines, and what is wrong in it. */
export interface Compiled {
  code: string;
  map: string;
  errors: string[];
}

/** Files that were compiled before: two versions differ in few. */
const compiledFiles = path.join(projectRoot, ".local", "diff", "compiled");

/**
 * Compiles as the engine does it: one file at a time, by TypeScript with the options of a `tsconfig.json`, types unchecked.
 * TypeScript, which takes most of a second to load, is loaded for files that are new.
 */
export class Compiler {
  private readonly settings: string;

  constructor(private readonly settingsFile: string) {
    this.settings = existsSync(settingsFile) ? readFileSync(settingsFile, "utf8") : "{}";
  }

  compile(text: string, file: string): Compiled {
    const key = createHash("sha256")
      .update(JSON.stringify([version, this.settings, file, text]))
      .digest("hex");
    const place = path.join(makeFolder(compiledFiles), `${key}.json`);
    if (existsSync(place)) {
      touch(place);
      return JSON.parse(readFileSync(place, "utf8")) as Compiled;
    }
    const compiled = this.transpile(text, file);
    writeFileAtomic(place, JSON.stringify(compiled));
    return compiled;
  }

  private transpile(text: string, fileName: string): Compiled {
    const ts = require("typescript") as typeof TypeScript;
    const { config } = ts.parseConfigFileTextToJson(this.settingsFile, this.settings);
    const { options } = ts.convertCompilerOptionsFromJson(
      config?.compilerOptions ?? {},
      path.dirname(this.settingsFile),
    );
    // One file at a time has no root, and is written elsewhere.
    const compilerOptions = { ...options, rootDir: undefined, outDir: undefined, sourceMap: true };
    const {
      outputText,
      sourceMapText = "",
      diagnostics = [],
    } = ts.transpileModule(text, { fileName, compilerOptions, reportDiagnostics: true });
    const errors = diagnostics.map(({ file, start, messageText }) => {
      const place = file && start !== undefined ? file.getLineAndCharacterOfPosition(start) : undefined;
      const at = place ? `(${place.line + 1},${place.character + 1})` : "";
      return `${fileName}${at}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`;
    });
    return { code: outputText, map: sourceMapText, errors };
  }
}

const { version } = JSON.parse(
  readFileSync(path.join(projectRoot, "node_modules", "typescript", "package.json"), "utf8"),
) as { version: string };
