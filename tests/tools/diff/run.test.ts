import { rmSync } from "node:fs";
import * as path from "node:path";
import { expect, it } from "vitest";
import { renderers } from "../../../tools/diff/render";
import { diff } from "../../../tools/diff/run";
import { ProjectCopy } from "./project";

it("says of a stack whose file is gone what becomes of it, and deploys nothing for that", async () => {
  const base = ProjectCopy.original();
  const head = base.fork("head");
  try {
    rmSync(path.join(head.folder, "Pulumi.review.yaml"));
    const report = await diff({ base, head, stacks: ["review"], cache: path.join(base.folder, "no-cache") });
    expect(report).toMatchObject({ grade: "disruptive", stacks: [{ isRemoved: true, changes: [] }] });
    expect(report.stacks[0]?.configuration).toContainEqual(
      expect.objectContaining({ key: "streaming:kafkaWorkers", kind: "removed", before: 3 }),
    );
    const text = renderers.markdown(report);
    expect(text).toContain("| `review` | 🟠 disruptive | no file any more |");
    expect(text).toMatch(/`Pulumi\.review\.yaml` is gone, .* Nothing is deleted by that: what is deployed stays/);
  } finally {
    for (const copy of [base, head]) copy.remove();
  }
});
