import { z } from "zod";
import { text } from "./forms";
import { keyName, type Problem, setCommand } from "./problems";

export const exampleKey = "https://my-vault.vault.azure.net/keys/kafka";
export const exampleIdentity =
  "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.ManagedIdentity/userAssignedIdentities/kafka-disks";

/** A key in Key Vault, with or without its version. In clouds other than the public one vaults have other domains. */
export const keyUri = text(
  /^https:\/\/[a-zA-Z][a-zA-Z\d-]{1,22}[a-zA-Z\d]\.vault\.[a-z]+(?:\.[a-z]+)+\/keys\/[a-zA-Z\d-]{1,127}(?:\/[a-f\d]{32})?$/,
  `the identifier of a key in Key Vault, such as ${exampleKey}, with or without /VERSION`,
);

export const identityId = z
  .string()
  .regex(
    /^\/subscriptions\/[\da-fA-F-]{36}\/resourceGroups\/[\w().-]{1,90}\/providers\/Microsoft\.ManagedIdentity\/userAssignedIdentities\/[\w-]{3,128}$/i,
    "the id of a user-assigned identity, as `az identity show --query id` prints it",
  );

const pair = ["kafkaDiskEncryptionKey", "kafkaDiskEncryptionIdentity"] as const;

/** A key is of no use without the identity that may use it, nor the other way round. */
export function encryptionProblems(values: Partial<Record<(typeof pair)[number], string | undefined>>): Problem[] {
  // A key that is wrong by itself is not among the values, and has its own problem.
  if (!pair.every((key) => key in values)) return [];
  const missing = pair.filter((key) => values[key] === undefined);
  if (missing.length !== 1) return [];
  const [key] = missing;
  const needs = {
    kafkaDiskEncryptionKey: "the key, because there is an identity for it (`streaming:kafkaDiskEncryptionIdentity`)",
    kafkaDiskEncryptionIdentity: "the identity that may use `streaming:kafkaDiskEncryptionKey`",
  }[key];
  const example = key === "kafkaDiskEncryptionKey" ? exampleKey : exampleIdentity;
  return [{ key: keyName(key), got: "nothing", needs, fix: [setCommand(key, example)] }];
}
