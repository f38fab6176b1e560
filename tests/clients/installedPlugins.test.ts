import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { readEndpoints } from "../../local/endpoints";
import { twinPaths } from "../../local/paths";
import { pluginFolder, pluginVersion } from "../../local/setup/plugins";
import { choosePlugins } from "../../local/stack/pluginChoice";
import { TestTwin } from "../local/twin";

/**
 * The engine with the provider plugins of the user's own Pulumi. The official ones cannot be had everywhere, so programs
 * stand in for them that write down how they were started, and go on as the bundled ones.
 */

const names = ["azure-native", "command", "databricks"] as const;
let twin: TestTwin;
let theirs: string;
const record = () => path.join(theirs, "started");

beforeAll(async () => {
  twin = await TestTwin.start(65);
  theirs = mkdtempSync(path.join(tmpdir(), "pulumi-home-"));
  for (const name of names) {
    const folder = path.join(theirs, "plugins", `resource-${name}-v${pluginVersion(name)}`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, `pulumi-resource-${name}`), standIn(name), { mode: 0o755 });
  }
  vi.stubEnv("PULUMI_HOME", theirs);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await twin.stop();
  rmSync(theirs, { recursive: true, force: true });
});

const told = ["ARM_METADATA_HOSTNAME", "ARM_DISABLE_INSTANCE_DISCOVERY", "SSL_CERT_FILE", "PULUMI_HOME"];

const standIn = (name: (typeof names)[number]) => `#!/bin/sh
{ printf '%s %s' ${name} "$0"; for v in ${told.join(" ")}; do eval "printf ' %s' \\"\\$$v\\""; done; echo; } >>'${record()}'
exec '${path.join(pluginFolder(name), `pulumi-resource-${name}`)}' "$@"
`;

/** The local environment's command line, as npm's scripts call it. */
const command = (args: string[], env: Record<string, string>) =>
  execa("node", ["local/bootstrap.mjs", ...args], { env, reject: false });

const started = () => readFileSync(record(), "utf8").trim().split("\n").sort();

it("runs them when they are chosen, pointed at the twin, and the bundled ones when those are chosen again", async () => {
  choosePlugins(twin.home, "installed");
  const { stdout } = await (await twin.stack()).run("preview", ["--non-interactive"], {});
  expect(stdout).toMatch(/\+ \d+ to create/);
  const { arm } = readEndpoints(twin.home) ?? {};
  const home = path.join(twin.home, "pulumi-home");
  const certificate = path.join(twinPaths(twin.home).keys, "ca.pem");
  const expected = names.map((name) => {
    const program = path.join(home, "plugins", `resource-${name}-v${pluginVersion(name)}`, `pulumi-resource-${name}`);
    return [name, program, `${arm?.host}:${arm?.port}`, "true", certificate, home].join(" ");
  });
  expect([...new Set(started())]).toEqual(expected);

  const status = await command(["local", "status"], { STREAMING_TWIN_DIR: twin.home });
  expect(status.stdout).toContain(`Plugins   installed in ${path.join(theirs, "plugins")}`);

  const before = started().length;
  choosePlugins(twin.home, "bundled");
  await (await twin.stack()).run("preview", ["--non-interactive"], {});
  expect(started()).toHaveLength(before);
}, 240_000);

it("starts nothing when they are asked for and not there, and says how to get them", async () => {
  const home = path.join(theirs, "twin");
  const env = { PULUMI_HOME: path.join(theirs, "empty"), STREAMING_TWIN_DIR: home };
  const { exitCode, stdout, stderr } = await command(["start", "--plugins", "installed"], env);
  expect(exitCode).toBe(1);
  for (const name of names) expect(stderr).toContain(`pulumi plugin install resource ${name} v${pluginVersion(name)}`);
  expect(stdout).toBe("");
  expect(existsSync(home)).toBe(false);
  const unknown = await command(["start", "--plugins", "other"], env);
  expect(unknown.stderr).toContain("Allowed choices are bundled, installed");
});
