/**
 * `npm run docs:pictures`: takes the pictures in docs/pictures anew, of a report and of the local environment, which has to
 * run (`npm start`); `-- report`, `-- page` or `-- terminal` takes those alone. A Chromium draws them, as tests/local/page/chromium.ts finds one.
 */
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import * as path from "node:path";
import { execa } from "execa";
import { marked } from "marked";
import { projectRoot } from "../../local/paths";
import { TestBrowser } from "../local/page/chromium";

const folder = path.join(projectRoot, "docs", "pictures");
const resolve = createRequire(__filename).resolve;
const style = (file: string) => `<style>${readFileSync(resolve(file), "utf8")}</style>`;

/** Signs of the report as dots of their colours, for machines without a font that has them. */
const dots: Record<string, string> = { "🔴": "#dd2e44", "🟠": "#f4900c", "🟡": "#fdcb58", "🟢": "#78b159" };
const dotted = (text: string): string =>
  text.replaceAll(/🔴|🟠|🟡|🟢/gu, (sign) => `<span style="color: ${dots[sign]}">⬤</span>`);

/** Of a larger VM size, which replaces the cluster: the report that people most need to understand, as it comes and unfolded. */
async function report(browser: TestBrowser): Promise<void> {
  const markdown = readFileSync(path.join(projectRoot, "tests/tools/diff/reports/a-larger-VM-size.md"), "utf8");
  const html = dotted(await marked.parse(markdown));
  const pictures = { report: html, "report-unfolded": html.replaceAll("<details>", "<details open>") };
  for (const [name, content] of Object.entries(pictures)) {
    const page = await browser.page({ viewport: { width: 900, height: 600 }, colorScheme: "light" });
    const body = `<body class="markdown-body" style="padding: 16px">${content}</body>`;
    await page.setContent(
      `<!doctype html><meta charset="utf-8">${style("github-markdown-css/github-markdown-light.css")}${body}`,
    );
    await page.screenshot({ path: path.join(folder, `${name}.png`), fullPage: true });
    await page.close();
  }
}

/** The page, wide and light, and on a narrow screen in the dark. */
async function livePicture(browser: TestBrowser): Promise<void> {
  for (const [name, width, height, colorScheme] of [
    ["page-light", 1100, 740, "light"],
    ["page-dark", 420, 800, "dark"],
  ] as const) {
    const { stdout } = await execa("npm", ["run", "--silent", "local", "--", "open", "--no-browser"], {
      cwd: projectRoot,
    });
    const page = await browser.page({ viewport: { width, height }, colorScheme });
    await page.goto(stdout.split("\n")[0] ?? "");
    // Rates are there once a few looks were taken.
    await page.waitForTimeout(12_000);
    await page.screenshot({ path: path.join(folder, `${name}.png`) });
    await page.close();
  }
}

/** What `npm start` shows on a terminal, drawn by a terminal emulator as it goes and looked at when it is done. */
async function terminal(browser: TestBrowser): Promise<void> {
  const [columns, rows] = [100, 50];
  // `script` gives the command a terminal of its own, whose size it takes from `stty`.
  const line = `stty cols ${columns} rows ${rows}; npm start`;
  const { stdout } = await execa("script", ["-qec", line, "/dev/null"], {
    cwd: projectRoot,
    env: { ...process.env, TERM: "xterm-256color", NO_COLOR: undefined, CI: undefined },
    extendEnv: false,
    stdin: "ignore",
  });
  const page = await browser.page({ viewport: { width: 900, height: 1000 } });
  await page.setContent(
    `<!doctype html>${style("@xterm/xterm/css/xterm.css")}<body style="margin: 0; background: #000"><div id="screen"></div>`,
  );
  await page.addScriptTag({ path: resolve("@xterm/xterm/lib/xterm.js") });
  await page.evaluate(
    ([text, cols, rows]) => {
      // biome-ignore lint/suspicious/noExplicitAny: it is the script's, in the browser
      const { Terminal, document } = globalThis as any;
      const terminal = new Terminal({ cols, rows, fontSize: 14, convertEol: true });
      terminal.open(document.getElementById("screen"));
      return new Promise<void>((done) => terminal.write(text, () => setTimeout(done, 500)));
    },
    [stdout, columns, rows] as const,
  );
  await page.locator("#screen").screenshot({ path: path.join(folder, "terminal.png") });
  await page.close();
}

async function main(): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const browser = await TestBrowser.open();
  try {
    const takes = { report, page: livePicture, terminal };
    const [only] = process.argv.slice(2);
    for (const [name, take] of Object.entries(takes)) if (only === undefined || only === name) await take(browser);
  } finally {
    await browser.close();
  }
}

void main();
