import { readdirSync, readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type EngineRun, runEngine } from "../local/events";
import { releasesFolder } from "./release";
import { ReleasedStack } from "./releasedStack";

/** What is replaced in a stack of each release where its stack file is left as it was. */
const replaced: Record<string, string[]> = {
  // The scripts run again on the new cluster.
  "0.1.0": ["kafka-addresses-advertise", "kafka-addresses-read", "kafka-cluster", "topics-script"],
};

/** What a stack file of each release has to change before it is taken at all, as the guide says. */
const required: Record<string, Record<string, string>> = {
  "0.1.0": { storagePath: "/Volumes/main/streaming/pipeline" },
};

const guide = readFileSync("docs/upgrading.md", "utf8");
const sectionOf = (version: string) => guide.split(/^## /m).find((text) => text.startsWith(`From ${version}\n`)) ?? "";

/** The settings that docs/upgrading.md names to keep what there was. */
function keepingSettings(version: string): Record<string, string> {
  const commands = [...sectionOf(version).matchAll(/pulumi config set streaming:(\w+) ([^`\s]+)/g)];
  return Object.fromEntries(commands.map(([, key, value]) => [key, value]));
}

const replacedBy = ({ touched }: EngineRun) =>
  [...new Set(Object.entries(touched).flatMap(([op, names]) => (op.includes("replace") ? names : [])))].sort();

describe("releases", () => {
  it("are all kept as soon as there is something newer (docs/upgrading.md says how)", () => {
    const [unreleased, ...sections] = readFileSync("CHANGELOG.md", "utf8").split(/^## /m).slice(1);
    const released = sections.map((section) => section.slice(0, section.indexOf("\n")).split(" ")[0]);
    const due = unreleased.includes("\n- ") ? released : released.slice(1);
    expect(readdirSync(releasesFolder)).toEqual(expect.arrayContaining(due));
    expect(Object.keys(replaced).sort()).toEqual(readdirSync(releasesFolder).sort());
  });
});

describe.each(readdirSync(releasesFolder))("a stack from %s", { timeout: 240_000 }, (version) => {
  let stack: ReleasedStack;

  beforeEach(async () => {
    stack = await ReleasedStack.open(version);
  }, 240_000);
  afterEach(() => stack?.close());

  /** Previews and deploys: both replace the same, and then there is nothing left to do. */
  async function upgraded(): Promise<EngineRun> {
    const preview = await runEngine(stack, "preview");
    expect(preview.errors).toBe("");
    const deployment = await runEngine(stack, "up", ["--yes", "--skip-preview"]);
    expect({ ok: deployment.ok, errors: deployment.errors }).toEqual({ ok: true, errors: "" });
    expect(replacedBy(deployment)).toEqual(replacedBy(preview));
    const again = await runEngine(stack, "preview");
    expect({ errors: again.errors, touched: again.touched }).toEqual({ errors: "", touched: {} });
    return deployment;
  }

  it("has nothing replaced or deleted with the settings that the guide names", async () => {
    const settings = keepingSettings(version);
    expect(settings).toMatchObject(required[version]);
    expect(Object.keys(settings).length > Object.keys(required[version]).length).toBe(replaced[version].length > 0);
    stack.config = settings;
    const deployment = await upgraded();
    expect({ replaced: replacedBy(deployment), deleted: deployment.touched.delete ?? [] }).toEqual({
      replaced: [],
      deleted: [],
    });
  });

  it("has replaced what the guide says, and nothing else, with no more set than has to be", async () => {
    stack.config = required[version];
    expect(replacedBy(await upgraded())).toEqual(replaced[version]);
  });
});
