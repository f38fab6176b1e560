import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { afterAll, beforeAll, it } from "vitest";
import { projectRoot } from "../../../local/paths";
import { policyPackOf } from "../../../tools/diff/policies";
import { toMarkdown } from "../../../tools/diff/render/markdown";
import { diff } from "../../../tools/diff/run";
import { expectNone, secretsOfComparison } from "./canary";
import { Lanes } from "./lanes";
import { ProjectCopy } from "./project";
import { readable } from "./readable";
import { type Change, scenarios } from "./scenarios";

// The engine is real, and so are its previews and deployments; Azure and Databricks are the control plane's. Two go on at a
// time, each on bases of its own: a base has its addresses, which copies of it share.
const caches = [1, 2].map(() => mkdtempSync(path.join(tmpdir(), "diff-cache-")));
const lanes = new Lanes(caches);
const original = ProjectCopy.original();
const bases = new Map<Change | undefined, ProjectCopy>([[undefined, original]]);

/** The project as it is, or with a change that is deployed already. The state of each is made once in a lane. */
function baseWith(change: Change | undefined): ProjectCopy {
  const known = bases.get(change);
  if (known) return known;
  const base = original.fork("base");
  change?.(base);
  bases.set(change, base);
  return base;
}

beforeAll(async () => {
  await Promise.all(caches.map((cache) => diff({ base: original, head: original, stacks: ["review"], cache })));
}, 300_000);

afterAll(() => {
  for (const base of bases.values()) base.remove();
  for (const cache of caches) rmSync(cache, { recursive: true, force: true });
});

// What waits for a lane counts as well.
it.concurrent.for(scenarios)("reports $name", { timeout: 600_000 }, async (scenario, { expect }) => {
  const { name, grade, change, deployed, hasPolicies, inClear = [] } = scenario;
  const base = baseWith(deployed);
  const head = base.fork();
  try {
    change(head);
    const policies = hasPolicies ? policyPackOf(path.join(projectRoot, "policies")) : undefined;
    await lanes.use(async (cache) => {
      const report = await diff({ base, head, stacks: ["review"], cache, policies });
      await expect(readable(toMarkdown(report))).toMatchFileSnapshot(`reports/${name.replaceAll(/\W+/g, "-")}.md`);
      expect(report.grade).toBe(grade);
      const secrets = await secretsOfComparison([base.folder, head.folder], "review", cache);
      expectNone([...secrets, ...inClear], report);
    });
  } finally {
    head.remove();
  }
});
