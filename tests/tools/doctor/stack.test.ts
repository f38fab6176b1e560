import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { shippedFile } from "../../../tools/configDoc/shipped";
import { missingAddresses } from "../../../tools/doctor/local";
import { toText } from "../../../tools/doctor/render";
import { type ShowConfiguration, stackFindings } from "../../../tools/doctor/stack";
import { stackFile } from "../../../tools/stackConfiguration";
import { complete } from "../newStack/support";

const stack = "doctor-test";
const folder = mkdtempSync(path.join(tmpdir(), "doctor-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A whole stack file, whose secrets are encrypted; `more` stands at its end. */
function writeStack(more = ""): Record<string, string> {
  const draft = complete("dev");
  const secrets = Object.fromEntries(draft.encrypt());
  const encrypted = Object.keys(secrets).map((key) => `  ${key}:\n    secure: v1:x\n`);
  writeFileSync(stackFile(stack, folder), draft.toText("") + encrypted.join("") + more);
  return secrets;
}

const shows =
  (secrets: Record<string, string>): ShowConfiguration =>
  async () =>
    JSON.stringify(Object.fromEntries(Object.entries(secrets).map(([key, value]) => [key, { value, secret: true }])));

describe("a stack", () => {
  it("is well when the program's checks find nothing, secrets included", async () => {
    const { findings, values } = await stackFindings(stack, shows(writeStack()), folder);
    expect(findings).toEqual([
      { subject: "Configuration", level: "ok", text: "the program's checks find nothing wrong" },
    ]);
    expect(values).toMatchObject({ kafkaWorkers: 3, location: "westeurope" });
  });

  it("is told all that is wrong with it, but never a secret", async () => {
    const secrets = {
      ...writeStack("  streaming:kafkaSubnetPrefix: 10.9.0.0/24\n"),
      "streaming:gatewayPassword": "tooshort",
    };
    const { findings } = await stackFindings(stack, shows(secrets), folder);
    expect(findings.map(({ level }) => level)).toEqual(["problem", "problem"]);
    const text = toText([{ title: "x", findings }]);
    expect(text).toContain("`streaming:kafkaSubnetPrefix`");
    expect(text).toContain("`streaming:gatewayPassword`: got a secret (not shown)");
    expect(text).not.toContain("tooshort");
    expect(text).toContain("2 things have to be put right");
  });

  /** A list with one part that `pulumi config set --secret --path` has encrypted. */
  const nested = `  streaming:kafkaScriptActions:
    - name: tools
      uri: https://example.com/tools.sh
      roles: [workernode]
      parameters:
        secure: v1:y
`;
  const action = (more: object) => [
    { name: "tools", uri: "https://example.com/tools.sh", roles: ["workernode"], ...more },
  ];

  it("is well with a secret inside a list, which is checked as what it is", async () => {
    const secrets = writeStack(nested);
    const shown = JSON.stringify(action({ parameters: "--password Canary-1" }));
    const { findings, values } = await stackFindings(
      stack,
      shows({ ...secrets, "streaming:kafkaScriptActions": shown }),
      folder,
    );
    expect(findings.map(({ level }) => level)).toEqual(["ok"]);
    expect(values.kafkaScriptActions).toMatchObject([{ parameters: "--password Canary-1" }]);
  });

  it("is told what is wrong beside a secret inside a list, and none of the list", async () => {
    const secrets = writeStack(nested);
    const shown = JSON.stringify(action({ roles: ["Canary-role"], parameters: "Canary\nline", parameter: "Canary" }));
    const { findings } = await stackFindings(
      stack,
      shows({ ...secrets, "streaming:kafkaScriptActions": shown }),
      folder,
    );
    const text = toText([{ title: "x", findings }]);
    expect(text).toContain("`streaming:kafkaScriptActions[0].roles[0]`: got a secret (not shown)");
    expect(text).toContain("`streaming:kafkaScriptActions[0].parameters`: got a secret (not shown)");
    expect(text).not.toContain("Canary");
  });

  it("says that it could not look into a list with a secret, for want of a login", async () => {
    writeStack(nested);
    const { findings } = await stackFindings(stack, () => Promise.reject(new Error("error: no passphrase")), folder);
    expect(findings.map(({ level, text }) => `${level}: ${text}`)).toEqual([
      "unknown: streaming:gatewayPassword, streaming:sshPrivateKey, streaming:kafkaScriptActions could not be looked at: error: no passphrase",
      expect.stringMatching(/^ok: /),
    ]);
  });

  it("says what it could not look at for want of a login, and checks the rest", async () => {
    writeStack();
    const { findings } = await stackFindings(
      stack,
      () => Promise.reject(new Error("error: no passphrase\nmore")),
      folder,
    );
    expect(findings).toEqual([
      {
        subject: "Secrets",
        level: "unknown",
        text: "streaming:gatewayPassword, streaming:sshPrivateKey could not be looked at: error: no passphrase",
      },
      expect.objectContaining({ level: "ok" }),
    ]);
  });

  it("names in one line what nobody has set yet", async () => {
    copyFileSync(shippedFile("dev"), stackFile("dev", folder));
    const { findings } = await stackFindings("dev", undefined, folder);
    expect(findings).toHaveLength(1);
    expect(findings[0]?.text).toMatch(/^streaming:kafkaClusterName, .*streaming:databricksUser are to be set$/);
  });
});

it("an address that is not this machine's cannot be used", async () => {
  expect(await missingAddresses(["127.0.0.1", "192.0.2.1"])).toEqual(["192.0.2.1"]);
});
