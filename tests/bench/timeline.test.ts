import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { describe, expect, it } from "vitest";
import { deploy, withChain } from "../../bench/engine/timeline";

/** A line of the engine's events, as `pulumi up --json` streams them. */
const event = (kind: "resourcePreEvent" | "resOutputsEvent", type: string, name: string, op = "create") =>
  JSON.stringify({ [kind]: { metadata: { op, type, urn: `urn:pulumi:local::streaming::${type}::${name}` } } });

describe("the steps of a deployment", () => {
  const run = async (script: string) => {
    const folder = mkdtempSync(path.join(tmpdir(), "timeline-"));
    try {
      writeFileSync(path.join(folder, "pulumi"), `#!/bin/sh\n${script}\n`, { mode: 0o700 });
      const command = () => ({ file: path.join(folder, "pulumi"), args: [], cwd: folder, env: {} });
      return await deploy({ command }, { folder, args: [] });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  };
  const say = (...parts: Parameters<typeof event>) => `echo '${event(...parts)}'`;
  const [group, cluster] = ["azure-native:resources:ResourceGroup", "azure-native:hdinsight:Cluster"];

  it("begin and end when the engine says so, but for components, providers and what stays", async () => {
    const { seconds, steps } = await run(
      [
        "echo Updating",
        say("resourcePreEvent", "streaming:kafka:KafkaCluster", "kafka"),
        say("resourcePreEvent", "pulumi:providers:databricks", "provider"),
        say("resourcePreEvent", "command:local:Command", "there", "same"),
        say("resourcePreEvent", group, "group"),
        "sleep 0.3",
        say("resOutputsEvent", group, "group"),
        say("resourcePreEvent", cluster, "cluster"),
        "sleep 0.6",
        say("resOutputsEvent", cluster, "cluster"),
      ].join("\n"),
    );
    expect(steps.map(({ name, critical }) => [name, critical])).toEqual([
      ["group", true],
      ["cluster", true],
    ]);
    const [first, second] = steps.map(({ from, to }) => to - from);
    expect(first).toBeGreaterThanOrEqual(0.2);
    expect(second).toBeGreaterThanOrEqual(0.5);
    expect(seconds).toBeGreaterThan(0.9);
  });

  it("are not told of a deployment that failed", async () => {
    await expect(run("echo broken >&2; exit 255")).rejects.toThrow("broken");
  });
});

describe("the longest chain of a deployment", () => {
  const chain = (...steps: [name: string, from: number, to: number][]) =>
    withChain(steps.map(([name, from, to]) => ({ name, from, to })))
      .filter(({ critical }) => critical)
      .map(({ name }) => name);

  it("goes back from the step that ended last, each time to the last that ended before", () => {
    const steps = [
      ["group", 0, 1],
      ["workspace", 1.1, 5],
      ["cluster", 1.1, 20],
      ["topics", 20.2, 21],
    ] as const;
    expect(chain(...steps.map((step) => [...step] as [string, number, number]))).toEqual([
      "group",
      "cluster",
      "topics",
    ]);
  });

  it("ends where a step began without waiting for another", () => {
    expect(chain(["group", 0, 1], ["late", 9, 12])).toEqual(["late"]);
  });

  it("has the steps in the order in which they began", () => {
    const steps = [
      { name: "b", from: 2, to: 3 },
      { name: "a", from: 0, to: 1 },
    ];
    expect(withChain(steps).map(({ name }) => name)).toEqual(["a", "b"]);
  });
});
