import { readFileSync } from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { hasCiphertext } from "../stack/ciphertexts";

/** Environments of the project that people make their own: they set what is theirs in these files, and commit them. */
export const templates = ["dev", "prod"] as const;

/**
 * Where the stack file of a template is as the project ships it. Tests and docs/environments.md look at this one, so
 * that they hold whatever people set in their own.
 */
export function shippedFile(stack: (typeof templates)[number]): string {
  return path.join(__dirname, "shipped", `Pulumi.${stack}.yaml`);
}

/**
 * The text that is shipped of a template: that of the stack file in the project's folder, until it is somebody's own. It
 * is when Pulumi wrote into it how a stack is encrypted, or a cluster has its name there.
 *
 * @param shipped what was shipped so far
 */
export function shippedText(shipped: string, stackFile: string): string {
  const text = readFileSync(stackFile, "utf8");
  return isSomebodys(text) ? shipped : text;
}

/** Whether a stack was made with this file: https://www.pulumi.com/docs/iac/concepts/projects/stack-settings-file/ */
function isSomebodys(text: string): boolean {
  const { config, ...more } = parse(text) as { config?: Record<string, unknown> };
  return (
    Object.keys(more).length > 0 ||
    Object.entries(config ?? {}).some(([key, value]) => key === "streaming:kafkaClusterName" || hasCiphertext(value))
  );
}
