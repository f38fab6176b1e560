import type { PolicyConfigSchema } from "@pulumi/policy";

/** A resource as a rule sees it: what the program asked for, secrets unwrapped. */
export interface Checked {
  /** Type token, such as `azure-native:storage:StorageAccount`. */
  type: string;
  /** Contains stack and project: `urn:pulumi:STACK::PROJECT::TYPE::NAME`. */
  urn: string;
  // biome-ignore lint/suspicious/noExplicitAny: inputs of any resource of any provider
  props: Record<string, any>;
  /** Whether the engine refuses to delete it. */
  protect: boolean;
  /** Properties of which the engine hides a change: `props` has their values of the last deployment. */
  ignoreChanges?: string[];
}

/** A rule, and the policy's name, text and settings around it. */
export interface Rule {
  /** The policy's name, by which `--policy-pack-config` sets it. */
  name: string;
  /** What has to be, as a sentence. */
  description: string;
  /** Settings, each with its default. */
  settings?: PolicyConfigSchema["properties"];
  /** What is wrong with the resource, a sentence each; nothing when the rule is kept or is not for such a resource. */
  // biome-ignore lint/suspicious/noExplicitAny: values of the settings above
  check(resource: Checked, settings: Record<string, any>): string[];
}

/** The settings with which a rule runs: those given, else its defaults. */
export function settingsOf(rule: Pick<Rule, "settings">, given: Record<string, unknown> = {}) {
  const defaults = Object.entries(rule.settings ?? {}).map(([name, { default: value }]) => [name, value]);
  return { ...Object.fromEntries(defaults), ...given };
}

/** Pulumi's type token without the API version that it may hold (`azure-native:network/v20240101:...`). */
export function typeOf({ type }: Pick<Checked, "type">): string {
  return type.replace(/\/v\d{8}(?:preview)?:/, ":");
}
