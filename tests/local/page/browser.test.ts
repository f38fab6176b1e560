import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { silentLog } from "../../../local/log";
import { PageAccess, PageServer } from "../../../local/page";
import { findChromium, TestBrowser } from "./chromium";
import { brokerDead, empty, half, healthy, nothingKnown, ScriptedSource } from "./scripted";

// Unpacking a browser, and starting it, takes its time on a busy machine.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 240_000 });

const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const access = new PageAccess({ passphrase: "of a twin of tests, and long enough" });
let browser: TestBrowser;
let source: ScriptedSource;
let server: PageServer;
let port: number;
let complaints: string[];
const open: Page[] = [];

beforeAll(async () => {
  browser = await TestBrowser.open();
});
afterAll(() => browser?.close());
beforeEach(async () => {
  source = new ScriptedSource();
  server = await serve();
  complaints = [];
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((page) => page.context().close()));
  await server.close();
});

async function serve(at?: number): Promise<PageServer> {
  const started = new PageServer({ access, source, log: silentLog, intervalMs: 50 });
  ({ port } = await started.listen(at));
  return started;
}

/** Opens the printed address, as a person does, and waits until there is something to see. */
async function visit(options: Parameters<TestBrowser["page"]>[0] = {}): Promise<Page> {
  const page = await browser.page(options);
  open.push(page);
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  await page.goto(`http://127.0.0.1:${port}${access.path}/login?ticket=${encodeURIComponent(access.ticket())}`);
  await page.getByRole("heading", { name: "The topology", exact: true }).waitFor();
  return page;
}

const wide = { width: 1440, height: 900 };
const narrow = { width: 375, height: 812 };
const scenes = { healthy, brokerDead, half, empty, nothingKnown };
const looks = [
  ["light", "wide", wide],
  ["light", "narrow", narrow],
  ["dark", "wide", wide],
  ["dark", "narrow", narrow],
] as const;

/** With a batch of just now. */
function fresh() {
  const snapshot = healthy();
  for (const { queries } of snapshot.jobs.known ? snapshot.jobs.value : []) {
    for (const query of queries) query.at = new Date().toISOString();
  }
  return snapshot;
}

/** What axe finds against WCAG 2.2 A and AA, and its best practices: rule, and where. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const { axe: checker } = window as unknown as { axe: typeof import("axe-core") };
    const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
    const found = await checker.run(document, { runOnly: tags });
    return found.violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id} at ${target}: ${failureSummary}`),
    );
  });
}

describe.each(looks)("in %s, %s", (colorScheme, _name, viewport) => {
  it.each(Object.keys(scenes) as (keyof typeof scenes)[])("%s is accessible and fits", async (scene) => {
    source.snapshot = scenes[scene]();
    const page = await visit({ colorScheme, viewport });
    await page.getByText("The topology as tables").click();
    expect(await violations(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(viewport.width);
    expect(complaints).toEqual([]);
  });
});

describe("the browser of the tests", () => {
  afterEach(() => vi.unstubAllEnvs());

  it("is never another than the one that `CHROMIUM` names", async () => {
    vi.stubEnv("CHROMIUM", process.execPath);
    expect(await findChromium()).toEqual({ executablePath: process.execPath });
    vi.stubEnv("CHROMIUM", "/no/such/program");
    await expect(findChromium()).rejects.toThrow("`CHROMIUM` is `/no/such/program`, which is no program.");
  });
});

describe("the page", () => {
  it("has a language, a title, landmarks, and one heading of the first level", async () => {
    const page = await visit();
    expect(await page.title()).toBe("Local streaming environment");
    expect(await page.locator("html").getAttribute("lang")).toBe("en");
    for (const role of ["banner", "main", "contentinfo"] as const) expect(await page.getByRole(role).count()).toBe(1);
    expect(await page.getByRole("heading", { level: 1 }).count()).toBe(1);
    expect(new URL(page.url()).search).toBe("");
  });

  it("shows networks, both halves of the peering, brokers, partitions, jobs and resources", async () => {
    const page = await visit({ viewport: wide });
    const kafka = page.getByRole("article", { name: "Virtual network kafka-vnet" });
    await expect.poll(() => kafka.innerText()).toContain("10.0.0.0/16");
    const brokers = kafka.getByRole("list", { name: "Brokers" }).getByRole("listitem");
    expect(await brokers.allInnerTexts()).toEqual([
      expect.stringMatching(/1001\s+127\.0\.0\.9:9092\s+✓ up/),
      expect.stringMatching(/1002 controller\s+127\.0\.0\.10:9092\s+✓ up/),
      expect.stringMatching(/1003\s+127\.0\.0\.11:9092\s+✓ up/),
    ]);
    const table = kafka.getByRole("table", { name: /Topic tweets/ });
    expect(await table.getByRole("row").count()).toBe(5);
    expect(await table.innerText()).toContain("20.0/s in");
    const spark = page.getByRole("article", { name: "Virtual network workers-vnet" });
    expect(await spark.getByRole("region", { name: "Job consumer-job" }).innerText()).toMatch(
      /RUNNING[\s\S]*events\s+12/,
    );
    const way = await page.locator(".way").innerText();
    expect(way).toMatch(
      /20\.0\/s sent[\s\S]*2 behind[\s\S]*Connected\s+half of kafka-vnet[\s\S]*Connected\s+half of workers/,
    );
    expect(await page.getByRole("region", { name: "At a glance" }).innerText()).toMatch(/3 of 3/);
  });

  it("follows what happens, and says it to those who do not see it", async () => {
    const page = await visit();
    await page.getByText("3 of 3", { exact: true }).waitFor();
    source.snapshot = brokerDead();
    await page.getByText("2 of 3", { exact: true }).waitFor();
    const dead = page.getByRole("listitem").filter({ hasText: "127.0.0.11:9092" });
    expect(await dead.innerText()).toMatch(/✕ dead[\s\S]*ECONNREFUSED/);
    await page.getByText("2 of 3 in sync").first().waitFor();
    await page.getByText("no leader").first().waitFor();
    await expect.poll(() => page.getByRole("status").innerText()).toContain("Broker 127.0.0.11:9092 is dead.");
  });

  it("shows what is not known as unknown, with the reason, and no number in its place", async () => {
    source.snapshot = nothingKnown();
    const page = await visit();
    const glance = await page.getByRole("region", { name: "At a glance" }).innerText();
    expect(glance.match(/unknown/g)).toHaveLength(6);
    expect(glance.match(/nothing answers/g)).toHaveLength(6);
    expect(glance).not.toMatch(/\d/);
  });

  it("takes no network for Spark's or Kafka's in which there is neither, and half a peering for none", async () => {
    source.snapshot = half();
    const page = await visit({ viewport: wide });
    const headings = page.getByRole("article").getByRole("heading", { level: 3 });
    await expect.poll(() => headings.allInnerTexts()).toEqual(["Spark workers-vnet", "kafka-vnet"]);
    const glance = await page.getByRole("region", { name: "At a glance" }).innerText();
    expect(glance).toMatch(/Peering\s+Initiated\s+0 of 2 halves connected/);
    expect(glance).toMatch(/Brokers up\s+unknown\s+no cluster yet/);
    expect(await page.evaluate(() => document.getAnimations().length)).toBe(0);
    source.snapshot = empty();
    await page.getByText("There is no network yet.").waitFor();
  });

  it("says when the connection is lost, and goes on by itself when the environment is back", async () => {
    const page = await visit();
    await page.getByText("3 of 3", { exact: true }).waitFor();
    await server.close();
    await page.getByText("not connected").waitFor();
    await page.getByText(/It is tried again every few seconds/).waitFor();
    source.snapshot = brokerDead();
    server = await serve(port);
    await page.getByText("2 of 3", { exact: true }).waitFor();
    await expect.poll(() => page.getByText("not connected").count()).toBe(0);
  });

  it("is worked with the keyboard: skip link, tables, filter, links", async () => {
    const page = await visit();
    await page.keyboard.press("Tab");
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Skip to the picture");
    await page.keyboard.press("Enter");
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("content");
    await page.locator("summary").first().focus();
    await page.keyboard.press("Enter");
    expect(await page.getByRole("table", { name: "Brokers" }).isVisible()).toBe(true);
    await page.getByLabel("Name or type").focus();
    await page.keyboard.type("hdinsight");
    await page.getByText("1 of 3 resources").waitFor();
  });

  it("links each resource to its state", async () => {
    source.snapshot = healthy();
    const page = await visit();
    const link = page.getByRole("link", { name: "kafka-cluster" });
    const urn = new URL((await link.getAttribute("href")) ?? "", page.url()).searchParams.get("urn") ?? "";
    source.resources = { [urn]: { urn, outputs: { gatewayPassword: "[secret]" } } };
    await link.click();
    await page.waitForURL(/resource\?urn=/);
    expect(JSON.parse(await page.locator("body").innerText())).toEqual(source.resources[urn]);
  });

  it("says when the consumer has stood still, so that its last number does not pass for the present", async () => {
    const page = await visit();
    await page.getByText(/no batch for \d+ \w+/).waitFor();
    source.snapshot = fresh();
    await page.getByText(/records, \d+ s ago/).waitFor();
  });

  it("moves nothing for those who asked for less motion", async () => {
    const animated = async (reducedMotion: "reduce" | "no-preference") => {
      const page = await visit({ reducedMotion, viewport: wide });
      return page.evaluate(() => document.getAnimations().length);
    };
    expect(await animated("no-preference")).toBeGreaterThan(0);
    expect(await animated("reduce")).toBe(0);
  });

  it("asks no other server for anything", async () => {
    const page = await browser.page();
    open.push(page);
    const asked: string[] = [];
    page.on("request", (request) => asked.push(new URL(request.url()).host));
    await page.goto(`http://127.0.0.1:${port}${access.path}/login?ticket=${encodeURIComponent(access.ticket())}`);
    await page.getByText("3 of 3", { exact: true }).waitFor();
    expect(asked.length).toBeGreaterThan(3);
    expect([...new Set(asked)]).toEqual([`127.0.0.1:${port}`]);
  });
});
