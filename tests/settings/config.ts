import { readFileSync } from "node:fs";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";
import { generateSshKeyPair } from "../../local/setup/sshKey";
import { loadSettings, type Settings } from "../../settings";
import { shippedFile } from "../../tools/configDoc/shipped";

const root = path.resolve(__dirname, "../..");
const pair = generateSshKeyPair("tests");

export const secretKeys = ["gatewayPassword", "sshPrivateKey", "twitterBearerToken"];

/** What each person sets for themselves; the secrets are made for this run. */
export const personal: Record<string, string> = {
  kafkaClusterName: "kafka-of-tests",
  gatewayPassword: "Correct-Horse-42",
  sshPublicKey: pair.publicKey,
  sshPrivateKey: pair.privateKey,
  databricksUser: "someone@example.com",
  operatorAddresses: '["203.0.113.7/32"]',
};

/** A value of a YAML file as the CLI hands it to the program: text, or JSON where it is structured. */
function toText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** Defaults of Pulumi.yaml, which the CLI fills in, without the namespace. */
export function projectDefaults(): Record<string, string> {
  const { config } = parse(readFileSync(path.join(root, "Pulumi.yaml"), "utf8")) as {
    config: Record<string, { default?: unknown }>;
  };
  const declared = Object.entries(config).filter(([key]) => !key.includes(":"));
  return Object.fromEntries(declared.map(([key, { default: value }]) => [key, toText(value)]));
}

/** The stack files as the project ships them: people set their own values in those of its folder. */
export const stackFiles = {
  local: path.join(root, "Pulumi.local.yaml"),
  dev: shippedFile("dev"),
  prod: shippedFile("prod"),
};

/** What a stack file holds, with its namespaces. */
export function stackFile(stack: keyof typeof stackFiles): Record<string, string> {
  const { config } = parse(readFileSync(stackFiles[stack], "utf8")) as { config: Record<string, unknown> };
  return Object.fromEntries(Object.entries(config).map(([key, value]) => [key, toText(value)]));
}

export type Changes = Record<string, string | undefined>;

/** Settings of a good stack with some keys changed, or taken away with `undefined`. Keys without namespace are ours. */
export function load(changes: Changes = {}, options: { encrypted?: string[] } = {}): Settings {
  const all = { "azure-native:location": "westeurope", ...projectDefaults(), ...personal, ...changes };
  const named = Object.entries(all).map(([key, value]) => [key.includes(":") ? key : `streaming:${key}`, value]);
  const config = Object.fromEntries(named.filter(([, value]) => value !== undefined)) as Record<string, string>;
  const encrypted = options.encrypted ?? secretKeys;
  pulumi.runtime.setAllConfig(
    config,
    encrypted.map((key) => `streaming:${key}`),
  );
  return loadSettings();
}

/** The message with which the settings are refused, or "" when they are accepted. */
export function refusal(changes: Changes = {}, options: { encrypted?: string[] } = {}): string {
  try {
    load(changes, options);
    return "";
  } catch (error) {
    return (error as Error).message;
  }
}

/** Makes `pulumi.getStack()` and `pulumi.Config` work without an engine. */
export function withoutEngine(): Promise<void> {
  return pulumi.runtime.setMocks(
    { newResource: ({ name, inputs }) => ({ id: name, state: inputs }), call: ({ inputs }) => inputs },
    "streaming",
    "dev",
  );
}
