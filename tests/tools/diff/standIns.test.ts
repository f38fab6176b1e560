import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import { shippedFile } from "../../../tools/configDoc/shipped";
import { readConfiguration } from "../../../tools/diff/standIns";
import { checkStack } from "../../../tools/stackConfiguration";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "stand-ins-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it("makes up what a version before `settings/check.ts` misses, and no key that came after it", () => {
  cpSync(shippedFile("dev"), path.join(folder, "Pulumi.dev.yaml"));
  writeFileSync(path.join(folder, "Pulumi.yaml"), stringify({ name: "streaming", runtime: "nodejs", config: {} }));
  mkdirSync(path.join(folder, "settings"));
  const keys = { kafkaClusterName: { example: "mykafka" }, gatewayPassword: { secret: true } };
  writeFileSync(path.join(folder, "settings", "keys.ts"), `export const keys = ${JSON.stringify(keys)};`);
  const { missing } = readConfiguration(folder, "dev", folder);
  expect(missing.sort()).toEqual(["streaming:gatewayPassword", "streaming:kafkaClusterName"]);
});

it.each([
  [{}, "00000000-0000-0000-0000-000000000000"],
  [{ databricksUser: "7c9e6679-7425-40de-944b-e07fc1f90ae7" }, "7c9e6679-7425-40de-944b-e07fc1f90ae7"],
  [{ databricksClientId: "7c9e6679-7425-40de-944b-e07fc1f90ae7" }, "7c9e6679-7425-40de-944b-e07fc1f90ae7"],
])("makes up one application, to log in and to own the clusters, beside %j", (given, application) => {
  const config = { "azure-native:location": "westeurope", "streaming:databricksAuthType": "github-oidc-azure" };
  const set = Object.entries(given).map(([key, value]) => [`streaming:${key}`, value]);
  const text = stringify({ config: { ...config, ...Object.fromEntries(set) } });
  cpSync("Pulumi.yaml", path.join(folder, "Pulumi.yaml"));
  writeFileSync(path.join(folder, "Pulumi.app.yaml"), text);
  const { values, secrets } = readConfiguration(folder, "app", folder);
  expect(values["streaming:databricksUser"]).toBe(application);
  expect(values["streaming:databricksClientId"] ?? application).toBe(application);
  expect(checkStack("app", { ...values, ...secrets }, new Set(Object.keys(secrets))).problems).toEqual([]);
});

it("leaves out what the stack logs in to Azure with: the services that stand for it have another login", () => {
  const secure = "v1:bm9uY2Vub25jZQ==:YQ==";
  const login = { clientId: "a", clientSecret: { secure }, tenantId: "b", subscriptionId: "c", useOidc: "true" };
  const config = Object.fromEntries(Object.entries(login).map(([key, value]) => [`azure-native:${key}`, value]));
  cpSync("Pulumi.yaml", path.join(folder, "Pulumi.yaml"));
  writeFileSync(
    path.join(folder, "Pulumi.app.yaml"),
    stringify({ config: { ...config, "azure-native:location": "westeurope" } }),
  );
  const { values, secrets, encrypted } = readConfiguration(folder, "app", folder);
  const named = [...Object.keys({ ...values, ...secrets }), ...encrypted].filter((key) => key.startsWith("azure-"));
  expect(named).toEqual(["azure-native:location"]);
});

describe("encrypted parts of lists and objects", () => {
  const secure = (text: string) => ({ secure: `v1:bm9uY2Vub25jZQ==:${Buffer.from(text).toString("base64")}` });
  const read = (config: Record<string, unknown>) => {
    cpSync("Pulumi.yaml", path.join(folder, "Pulumi.yaml"));
    const review = parse(readFileSync(path.join("tests", "tools", "diff", "Pulumi.review.yaml"), "utf8")) as {
      config: Record<string, unknown>;
    };
    const set = Object.entries(config).map(([key, value]) => [`streaming:${key}`, value]);
    const text = stringify({ config: { ...review.config, ...Object.fromEntries(set) } });
    writeFileSync(path.join(folder, "Pulumi.review.yaml"), text);
    return readConfiguration(folder, "review", folder);
  };
  const problemsOf = ({ values, secrets }: ReturnType<typeof read>) =>
    checkStack("review", { ...values, ...secrets }, new Set(Object.keys(secrets))).problems;

  it("are made up as the checks take them, whatever they are, and listed", () => {
    const made = read({
      kafkaScriptActions: [
        { name: "first", uri: "https://example.com/first.sh", roles: ["headnode"] },
        {
          name: secure("name"),
          uri: secure("uri"),
          roles: ["headnode", secure("role")],
          parameters: secure("parameters"),
        },
      ],
      operatorAddresses: [secure("address"), "203.0.113.7/32"],
      alertEmails: ["team@example.com", secure("email")],
      tags: { owner: "me", "cost.center": secure("tag") },
    });
    expect(problemsOf(made)).toEqual([]);
    expect(JSON.stringify(made.values)).not.toContain("secure");
    expect(made.encrypted.filter((key) => /[.[]/.test(key))).toEqual([
      "streaming:operatorAddresses[0]",
      "streaming:kafkaScriptActions[1].name",
      "streaming:kafkaScriptActions[1].uri",
      "streaming:kafkaScriptActions[1].roles[1]",
      "streaming:kafkaScriptActions[1].parameters",
      "streaming:alertEmails[1]",
      'streaming:tags["cost.center"]',
    ]);
    const [first, second] = made.values["streaming:kafkaScriptActions"] as Record<string, string>[];
    expect(first?.uri).toBe("https://example.com/first.sh");
    expect(second?.parameters).toMatch(/^stand-in-/);
    // Such an address has a signature, mostly; the program keeps that secret.
    expect(second?.uri).toMatch(/^https:.*\?/);
    expect(made.shown.get(second?.parameters ?? "")).toBe("[encrypted]");
  });

  it("are made up for whole keys too that are no secrets by themselves", () => {
    const made = read({
      kafkaScriptActions: secure("list"),
      kafkaWorkers: secure("3"),
      databricksUser: secure("user"),
    });
    expect(problemsOf(made)).toEqual([]);
    expect(made.encrypted).toEqual(
      expect.arrayContaining([
        "streaming:gatewayPassword",
        "streaming:kafkaScriptActions",
        "streaming:kafkaWorkers",
        "streaming:databricksUser",
      ]),
    );
    expect(Object.keys(made.secrets).sort()).toEqual(["streaming:gatewayPassword", "streaming:sshPrivateKey"]);
  });

  it("change when their ciphertext does, and only then", () => {
    const parametersOf = (text: string) => {
      const action = { name: "a", uri: "https://example.com/a.sh", roles: ["headnode"], parameters: secure(text) };
      const made = read({ kafkaScriptActions: [action] }).values["streaming:kafkaScriptActions"];
      return (made as { parameters: string }[])[0]?.parameters;
    };
    expect(parametersOf("one")).toBe(parametersOf("one"));
    expect(parametersOf("one")).not.toBe(parametersOf("two"));
  });

  it("that nothing made up can stand for are left to the program to refuse, in its words", () => {
    const topic = { name: "t", partitions: secure("3"), replicationFactor: 3 };
    const [problem] = problemsOf(read({ topics: [topic] }));
    expect(problem?.key).toBe("streaming:topics[0].partitions");
  });

  it("do not make a secret of an object that has more than a ciphertext", () => {
    const { encrypted, values } = read({ tags: { secure: "yes", owner: "me" } });
    expect(values["streaming:tags"]).toEqual({ secure: "yes", owner: "me" });
    expect(encrypted.filter((key) => key.startsWith("streaming:tags"))).toEqual([]);
  });
});
