import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { toMarkdown } from "../../../tools/diff/render/markdown";
import { diff } from "../../../tools/diff/run";
import { ProjectCopy } from "./project";
import { readable } from "./readable";
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
