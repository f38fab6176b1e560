import { existsSync, readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { execa } from "execa";
import { slug } from "github-slugger";
import { beforeAll, describe, expect, it } from "vitest";

const pages = [
  "README.md",
  "CONTRIBUTING.md",
  "CHANGELOG.md",
  ...readdirSync("docs").map((name) => `docs/${name}`),
].filter((name) => name.endsWith(".md"));
const text = (file: string): string => readFileSync(file, "utf8");

/** The anchors of a page's headings. */
const anchors = (file: string): string[] =>
  [...text(file).matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) => slug(heading));

describe("the documentation", () => {
  it.each(pages)("%s has no link that leads nowhere", (page) => {
    const links = [...text(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = ""]) => link);
    const broken = links.filter((link) => {
      if (/^(https?|mailto):/.test(link)) return false;
      const [file = "", anchor] = link.split("#");
      const target = file === "" ? page : path.join(path.dirname(page), file);
      return !existsSync(target) || (anchor !== undefined && !anchors(target).includes(anchor));
    });
    expect(broken).toEqual([]);
  });

  it("is found from README, every page of it", () => {
    const readme = text("README.md");
    expect(pages.filter((page) => page !== "README.md" && !readme.includes(`](${page})`))).toEqual([]);
  });

  it("begins with a README that fits two screens", () => {
    expect(text("README.md").split("\n").length).toBeLessThanOrEqual(100);
  });
});

describe("the commands in the documentation", () => {
  let local: string[];
  beforeAll(async () => {
    const { stdout } = await execa(process.execPath, ["--import", "tsx", "local/cli.ts", "--help"]);
    local = [...stdout.matchAll(/^ {2}([a-z]+)\b/gm)].map(([, name = ""]) => name);
  });

  it.each(pages)("of %s are there", (page) => {
    const { scripts } = JSON.parse(text("package.json")) as { scripts: Record<string, string> };
    const missing = [...text(page).matchAll(/npm run (?:--silent |-s )?([\w:-]+)(?: -- ([a-z]+))?/g)].filter(
      ([, script = "", command]) =>
        !(script in scripts) || (script === "local" && command !== undefined && !local.includes(command)),
    );
    expect(missing.map(([whole]) => whole)).toEqual([]);
  });
});

describe("docs/troubleshooting.md", () => {
  /** Said by Azure, SSH or Kafka themselves. */
  const foreign = [
    "MissingSubscriptionRegistration",
    "dial tcp ...:22: i/o timeout",
    "AnotherOperationInProgress",
    "NotEnoughReplicasException",
  ];
  /** What the program says. Line breaks and the quotes between two parts of one text are no part of it. */
  const sources = ["components", "notebooks", "settings", "tools", "local"].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((name) => /\.(ts|scala)$/.test(name) && !name.includes("dist"))
      .map((name) => text(path.join(folder, name))),
  );
  const said = sources
    .join("\n")
    .replaceAll(/["`']\s*\+\s*(?:s|\/\/.*\n\s*)?["`']/g, "")
    .replaceAll("\\`", "`");

  it("quotes what is really said", () => {
    const symptoms = text("docs/troubleshooting.md").matchAll(/^\| (`.*?) \|/gm);
    const quoted = [...symptoms].flatMap(([, cell = ""]) =>
      // Two backticks on each side where the quote has backticks itself.
      [...cell.matchAll(/`` (.+?) ``|`([^`]+)`/g)].map(([, long, short = ""]) => long ?? short),
    );
    expect(quoted.length).toBeGreaterThan(25);
    expect(quoted.filter((quote) => !foreign.includes(quote) && !said.includes(quote))).toEqual([]);
  });
});
