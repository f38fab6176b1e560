import { readFileSync } from "node:fs";
import * as path from "node:path";
import { build } from "esbuild";

const folder = path.join(__dirname, "client");

/** What a browser loads beside the page itself. */
export interface Assets {
  script: string;
  style: string;
  icon: string;
}

let assets: Promise<Assets> | undefined;

/** The page's script in one file, with its library; made in memory on first use, which takes a tenth of a second. */
export function pageAssets(): Promise<Assets> {
  assets ??= make().catch((error: Error) => {
    assets = undefined;
    throw error;
  });
  return assets;
}

async function make(): Promise<Assets> {
  const { outputFiles } = await build({
    entryPoints: [path.join(folder, "main.tsx")],
    bundle: true,
    write: false,
    minify: true,
    format: "esm",
    target: "es2022",
    jsx: "automatic",
    jsxImportSource: "preact",
    legalComments: "inline",
    logLevel: "silent",
  });
  const read = (name: string) => readFileSync(path.join(folder, name), "utf8");
  return { script: outputFiles[0]?.text ?? "", style: read("page.css"), icon: read("icon.svg") };
}
