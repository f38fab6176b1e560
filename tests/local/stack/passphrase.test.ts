import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { execa } from "execa";
import { afterEach, expect, it, vi } from "vitest";
import { toolPaths } from "../../../local/paths";
import { writeConfiguration } from "../../../local/stack/configuration";
import { engineVariables } from "../../../local/stack/environment";

const home = mkdtempSync(path.join(tmpdir(), "passphrase-"));
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(home, { recursive: true, force: true });
});

it("the stack's secrets are encrypted by its own passphrase, whatever its user has for others", {
  timeout: 120_000,
}, async () => {
  vi.stubEnv("PULUMI_CONFIG_PASSPHRASE", "of another stack");
  const file = await writeConfiguration(home, toolPaths());
  const { stdout } = await execa(
    "pulumi",
    ["config", "get", "streaming:gatewayPassword", "--stack", "local", "--config-file", file],
    {
      cwd: path.join(home, "stack"),
      env: { ...engineVariables(home, toolPaths()), PULUMI_CONFIG_PASSPHRASE: undefined },
    },
  );
  expect(stdout).toMatch(/^\S{10,}$/);
});
