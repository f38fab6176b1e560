import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { configurationChanges } from "../../../tools/diff/configuration";
import type { EngineEvent, Step } from "../../../tools/diff/events";
import { toMarkdown } from "../../../tools/diff/render/markdown";
import { toTerminal } from "../../../tools/diff/render/terminal";
import type { Deployment } from "../../../tools/diff/sandbox";
import { withoutSecretTexts } from "../../../tools/diff/secrets";
import { comparedReport, nothing, secretsOf } from "../../../tools/diff/stackReport";
import { everyForm } from "./canary";
import { reportOf, stackReport } from "./models";

const folder = mkdtempSync(path.join(tmpdir(), "configuration-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A version of the project with this stack file. */
function version(name: string, config: string): string {
  const place = mkdtempSync(path.join(folder, name));
  writeFileSync(path.join(place, "Pulumi.yaml"), "name: x\nconfig: {}\n");
  writeFileSync(path.join(place, "Pulumi.dev.yaml"), `config:\n${config}`);
  return place;
}

it("a secret that was committed in clear is not repeated, only that it is there and changed", () => {
  const before = version("base", "  streaming:gatewayPassword: Canary-1!\n  streaming:rate: 20\n");
  const after = version("head", "  streaming:gatewayPassword: Canary-2!\n  streaming:twitterBearerToken: canary-3\n");
  const changes = configurationChanges(before, after, "dev");
  expect(JSON.stringify(changes)).not.toMatch(/canary/i);
  expect(changes.map(({ key, kind }) => [key, kind])).toEqual([
    ["streaming:gatewayPassword", "changed"],
    ["streaming:rate", "removed"],
    ["streaming:twitterBearerToken", "added"],
  ]);
});

describe("a secret in clear", () => {
  const config = (number: number) =>
    [
      `  azure-native:clientSecret: canary-${number}`,
      `  databricks:token: canary-${number}`,
      `  datadog:apiKey: canary-${number}`,
      `  acme:secrets:`,
      `    database: canary-${number}`,
      `  acme:queue: Endpoint=sb://acme.example/;SharedAccessKey=canary-${number}`,
      `  acme:hook: https://me:canary-${number}@hooks.example/`,
      "  streaming:kafkaScriptActions:",
      "    - name: agent",
      `      uri: https://scripts.example/agent.sh?sv=1&sig=canary-${number}`,
      `      parameters: --login canary-${number}`,
      "    - name: tools",
      `      uri: https://scripts.example/tools-${number}.sh`,
      "",
    ].join("\n");
  const changes = configurationChanges(version("base", config(1)), version("head", config(2)), "dev");

  it("is known by its name where the code does not know the key, by what it says, and in script actions", () => {
    expect(changes.map(({ key, before }) => [key, before])).toEqual([
      ["azure-native:clientSecret", "[secret]"],
      ["databricks:token", "[secret]"],
      ["datadog:apiKey", "[secret]"],
      ["acme:secrets.database", "[secret]"],
      ["acme:queue", "[secret]"],
      ["acme:hook", "[secret]"],
      ["streaming:kafkaScriptActions[0].uri", "[secret]"],
      ["streaming:kafkaScriptActions[0].parameters", "[secret]"],
      ["streaming:kafkaScriptActions[1].uri", "https://scripts.example/tools-1.sh"],
    ]);
  });

  it("is in no form of a report, which says that it is another one", () => {
    const report = reportOf(stackReport({ configuration: changes }));
    expect(everyForm(report)).not.toMatch(/canary/i);
    expect(toTerminal(report)).toContain("databricks:token: [secret] (another one)");
    expect(toMarkdown(report)).toContain("`azure-native:clientSecret`: `[secret]` (another one)");
  });

  it("is not in what stopped a version either, nor in its policies, resources and outputs", () => {
    const values = (parse(`config:\n${config(1)}`) as { config: Record<string, unknown> }).config;
    const after = { values, secrets: {}, encrypted: [], missing: [], shown: new Map(), topics: [] };
    const urn = "urn:pulumi:dev::p::a:b:C::thing";
    const state = (note: string) => ({ type: "a:b:C", urn, custom: true, inputs: { note } });
    const step: Step = {
      op: "update",
      urn,
      oldState: state("plain"),
      newState: state("--login canary-1"),
      detailedDiff: { note: { kind: "update", inputDiff: true } },
    };
    const event: EngineEvent = {
      policyEvent: {
        message: "it has canary-1",
        policyName: "p",
        policyPackName: "x",
        enforcementLevel: "advisory",
      },
    };
    const deployment: Deployment = {
      planned: [step],
      taken: [step],
      outputs: { before: {}, planned: { login: "canary-1" }, after: { login: "canary-1" } },
      guarded: [],
      protection: [],
      events: [event],
      failed: [],
      failure: undefined,
    };
    const compared = comparedReport(nothing("dev"), deployment, { before: after, after, isNewProvider: false });
    expect(compared).toMatchObject({ changes: [{ name: "thing" }], outputs: [{ name: "login" }], policies: [{}] });
    expect(everyForm(reportOf(compared))).not.toMatch(/canary/i);
    expect(withoutSecretTexts("refused: --login canary-1", secretsOf([after]))).toBe("refused: [secret]");
  });
});
