import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { toMarkdown } from "../../../tools/diff/render/markdown";
import { diff } from "../../../tools/diff/run";
import { ProjectCopy } from "./project";
import { scenarios } from "./scenarios";

// The engine is real, and so are its previews and deployments; Azure and Databricks are the control plane's.
const cache = mkdtempSync(path.join(tmpdir(), "diff-cache-"));
const base = ProjectCopy.original();

beforeAll(async () => {
  await diff({ base, head: base, stacks: ["review"], cache });
}, 300_000);

afterAll(() => {
  base.remove();
  rmSync(cache, { recursive: true, force: true });
});

it.each(scenarios)("reports $name", { timeout: 240_000 }, async ({ name, grade, change }) => {
  const head = base.fork();
  try {
    change(head);
    const report = await diff({ base, head, stacks: ["review"], cache });
    await expect(readable(toMarkdown(report))).toMatchFileSnapshot(`reports/${name.replaceAll(/\W+/g, "-")}.md`);
    expect(report.grade).toBe(grade);
  } finally {
    head.remove();
  }
});

/** Without what differs from one deployment to the next. */
function readable(report: string): string {
  return `${report
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, "00000000-0000-0000-0000-000000000000")
    .replaceAll(/#job\/\d+/g, "#job/1")
    .replaceAll(/\b\d{16}\b/g, "1234567890123456")
    .replaceAll(/\b(kafka-network-vnet|kafkareview)[0-9a-f]{8}/g, "$100000000")
    .replaceAll(/\b\d{4}-\d{6}-[a-z0-9]{8}\b/g, "0101-120000-abcdefgh")}\n`;
}
