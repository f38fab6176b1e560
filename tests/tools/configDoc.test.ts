import { readFileSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import Ajv from "ajv";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { declaredKeys } from "../../tools/configDoc/declared";
import { environmentTable } from "../../tools/configDoc/environments";
import { stackSchema } from "../../tools/configDoc/schema";
import { shippedFile, shippedText } from "../../tools/configDoc/shipped";
import { keyTable } from "../../tools/configDoc/table";
import { withTables } from "../../tools/markdown";
import { temporaryFolder } from "../local/setup/loopback";
import { stackFiles } from "../settings/config";

const declared = declaredKeys();
const schema = JSON.parse(readFileSync("schemas/stack.schema.json", "utf8"));
// Its strict mode also refuses a schema with a word that the standard does not have.
const validate = new Ajv({ allErrors: true, strict: true, allowUnionTypes: true }).compile(schema);

/** Where a stack file is refused, and why. */
function refusals(file: string): string[] {
  validate(parse(file));
  const errors = (validate.errors ?? []).filter(({ keyword }) => keyword !== "if");
  return errors.map(({ instancePath, message }) => `${instancePath.replace("/config/streaming:", "")} ${message}`);
}

const config = (line: string) => refusals(`config:\n  ${line}`);

describe("what is made of the keys (else: npm run docs:config)", () => {
  it("the table of keys is the one of now", () => {
    const document = readFileSync("docs/configuration.md", "utf8");
    expect(withTables(document, { config: keyTable(declared) })).toBe(document);
  });

  it("the comparison of the environments is the one of now", () => {
    const page = readFileSync("docs/environments.md", "utf8");
    const texts = Object.fromEntries(
      Object.entries(stackFiles).map(([stack, file]) => [stack, readFileSync(file, "utf8")]),
    );
    expect(withTables(page, { environments: environmentTable(declared, texts) })).toBe(page);
  });

  it.each(["dev", "prod"] as const)(
    "the shipped file of %s is the one of now, unless a stack was made with it",
    (stack) => {
      const shipped = readFileSync(shippedFile(stack), "utf8");
      expect(shippedText(shipped, `Pulumi.${stack}.yaml`)).toBe(shipped);
    },
  );

  it.each([
    ["its secrets are encrypted by a passphrase", "encryptionsalt: v1:abc\n"],
    ["by a key in Key Vault", "secretsprovider: azurekeyvault://v.vault.azure.net/keys/k\nencryptedkey: abc\n"],
    ["by Pulumi Cloud", "  streaming:gatewayPassword:\n    secure: AAAB\n"],
    ["a part of a value is", "  streaming:tags: {owner: {secure: AAAB}}\n"],
    ["they are in an environment of Pulumi ESC", "environment: [streaming/dev]\n"],
    ["its cluster has a name", "  streaming:kafkaClusterName: mine\n"],
  ])("a stack file is somebody's own where %s", async (_, line) => {
    const file = path.join(await temporaryFolder(), "Pulumi.dev.yaml");
    const text = readFileSync(shippedFile("dev"), "utf8").replace("kafkaWorkers: 3", "kafkaWorkers: 5");
    writeFileSync(file, text);
    expect(shippedText("as before", file)).toBe(text);
    writeFileSync(file, text + line);
    expect(shippedText("as before", file)).toBe("as before");
  });

  it("a tag that is called `secure` makes a stack file nobody's own", async () => {
    const file = path.join(await temporaryFolder(), "Pulumi.dev.yaml");
    const text = `${readFileSync(shippedFile("dev"), "utf8")}  streaming:tags: {secure: "yes", owner: me}\n`;
    writeFileSync(file, text);
    expect(shippedText("as before", file)).toBe(text);
  });

  it("the schema of the stack files is the one of now", () => {
    expect(stackSchema(declared)).toEqual(schema);
  });
});

describe("the schema of the stack files", () => {
  it.each(["dev", "local", "prod"])("accepts Pulumi.%s.yaml, whose head names it for editors", (stack) => {
    const text = readFileSync(`Pulumi.${stack}.yaml`, "utf8");
    expect(refusals(text)).toEqual([]);
    expect(text).toMatch(/^# yaml-language-server: \$schema=schemas\/stack\.schema\.json\n/);
  });

  it.each([
    "streaming:kafkaWorkers: 3",
    'streaming:kafkaWorkers: "3"',
    "streaming:protect: true",
    'streaming:protect: "false"',
    "streaming:stopAfter: 1000",
    "streaming:stopAfter: never",
    "streaming:gatewayPassword: {secure: v1:abc}",
    "streaming:databricksUser: {secure: v1:abc}",
    "streaming:tags: {owner: me}",
    "streaming:topics: [{name: tweets, partitions: 4, replicationFactor: 3, config: {min.insync.replicas: 2}}]",
    "azure-native:subscriptionId: 0f8fad5b-d9cb-469f-a165-70867728950e",
    "pulumi:tags: {a: b}",
  ])("accepts %s", (line) => expect(config(line)).toEqual([]));

  it("accepts what Pulumi itself keeps in the file, and a file with nothing else", () => {
    expect(refusals("secretsprovider: passphrase\nencryptionsalt: v1:abc\nenvironment: [shared/dev]\n")).toEqual([]);
    expect(refusals("config:\nencryptedkey: abc\n")).toEqual([]);
  });

  it.each([
    ["streaming:kafkaWorker: 3", "/config must NOT have additional properties"],
    ["kafkaWorkers: 3", "/config must NOT have additional properties"],
    ["streaming:kafkaWorkers: three", 'kafkaWorkers must match pattern "^\\d{1,15}$"'],
    ["streaming:kafkaWorkers: 0", "kafkaWorkers must be >= 1"],
    ["streaming:kafkaWorkers: 2.5", "kafkaWorkers must be integer,string"],
    ["streaming:kafkaDisksPerWorker: 9", "kafkaDisksPerWorker must be <= 8"],
    // YAML would read 10.140 as the number 10.14.
    ["streaming:databricksAddressPrefix: 10.140", "databricksAddressPrefix must be string"],
    ["streaming:databricksAuthType: password", "databricksAuthType must be equal to one of the allowed values"],
    ["streaming:gatewayPassword: hunter2", "gatewayPassword must be object"],
    ["streaming:operatorAddresses: 203.0.113.7/32", "operatorAddresses must be array"],
    ["streaming:topics: []", "topics must NOT have fewer than 1 items"],
    ["streaming:topics: [{name: a, partitions: 1}]", "topics/0 must have required property 'replicationFactor'"],
    ["streaming:tags: {a/b: c}", "tags property name must be valid"],
    ["azure-native:location: West Europe", '/config/azure-native:location must match pattern "^[a-z][a-z0-9]+$"'],
  ])("refuses %s", (line, error) => expect(config(line)).toContain(error));

  it("refuses what is no part of a stack file", () => {
    expect(refusals("settings: {}")).toEqual([" must NOT have additional properties"]);
  });

  it("offers each key with its description, its default and an example", () => {
    expect(schema.properties.config.properties["streaming:sparkNodeType"]).toMatchObject({
      description: "VM size of Spark's driver and workers.",
      default: "Standard_D4ds_v5",
      examples: ["Standard_D4ds_v5"],
    });
  });
});
