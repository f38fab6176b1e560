import { existsSync } from "node:fs";
import * as path from "node:path";
import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { projectRoot } from "../../local/paths";
import { howTried, ofLocal, steps } from "./classification";
import { type DocumentedCommand, documented } from "./commands";

const { commands, other } = documented();

/** Blocks that are no commands, by page and first line. */
const noCommands = [
  "CONTRIBUTING.md: index.ts        the architecture at a glance: settings in, components, outputs",
  'docs/networking.md: new NetworkPeering("peering", {',
  'docs/observability.md: {"query":"events","batchId":12,"timestamp":"2026-05-06T12:00:10.000Z","numInputRows":40,',
  'docs/observability.md: new Monitoring("monitoring", {',
  'docs/reuse.md: import { KafkaCluster } from "azure-kafka-spark-streaming";',
  "docs/reuse.md: resources:",
  "docs/script-actions.md: streaming:kafkaScriptActions:",
  "docs/secrets.md: # the environment's text",
  "docs/secrets.md: # and in Pulumi.dev.yaml, or by `pulumi config env add streaming/dev`",
  "docs/twin.md: const endpoint = process.env.ARM_ENDPOINT;",
  'docs/upgrading.md: { parent: this, aliases: [{ name: "kafka-storage", parent: formerParent }] }',
];

/** The page that lists all of them. */
function list(all: DocumentedCommand[]): string {
  const ways = [...new Set(all.map((each) => howTried(each) ?? ""))].sort();
  const sections = ways.map((way) => {
    const own = all.filter((each) => howTried(each) === way);
    const rows = [...new Set(own.map(({ command }) => command))].map((command) => {
      const pages = new Set(own.filter((each) => each.command === command).map(({ page }) => page));
      const links = [...pages].map((page) => `[${page}](${path.posix.relative("docs", page)})`);
      const [first = "", ...more] = command.split("\n");
      return `- \`${first}${more.length > 0 ? " …" : ""}\` (${links.join(", ")})`;
    });
    return `## ${way[0]?.toUpperCase()}${way.slice(1)}\n\n${rows.join("\n")}\n`;
  });
  return `# Which commands of these pages are tried, and how

Every command in a block of README, of these pages and of the examples is run by a test, or stands here with what it would
need. \`tests/docs/tried.test.ts\` holds this list to the pages; \`npx vitest run tests/docs/tried.test.ts --update\` makes it anew.

${sections.join("\n")}`;
}

describe("each command in the documentation", () => {
  it("is run by a test, or it is said what it needs", () => {
    expect(commands.filter((each) => howTried(each) === undefined)).toEqual([]);
  });

  it("is in the list of docs/commands.md", async () => {
    await expect(list(commands)).toMatchFileSnapshot("../../docs/commands.md");
  });

  it("is still there if a test runs it", () => {
    // Some stand in a page with the name of a stack on Azure, so it is the way of trying that has to be used.
    const tried = commands.filter((each) => howTried(each) === "run by `tests/docs/commands.test.ts`");
    const known = new Set(tried.map(({ command }) => ofLocal(command)));
    expect(steps.map(({ command }) => command).filter((command) => !known.has(command))).toEqual([]);
  });

  it("names tests that are there", () => {
    const files = commands.flatMap((each) => /`(tests\/.*?)`/.exec(howTried(each) ?? "")?.[1] ?? []);
    expect([...new Set(files)].filter((file) => !existsSync(path.join(projectRoot, file)))).toEqual([]);
  });

  it("can be read by a shell", async () => {
    const texts = [...new Set(commands.map(({ command }) => command.replaceAll(/<[^>]*>/g, "value")))];
    for (const text of texts) await execa("bash", ["-n"], { input: text });
  });

  it("is found: every other block is known to be none", () => {
    expect(other).toEqual(noCommands);
  });
});
