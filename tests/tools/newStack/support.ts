import { readFileSync } from "node:fs";
import { generateSshKeyPair } from "../../../local/setup/sshKey";
import { shippedFile } from "../../../tools/configDoc/shipped";
import { Draft } from "../../../tools/newStack/draft";

/** A stack file as the project ships it. */
export const stackText = (stack: "dev" | "prod"): string => readFileSync(shippedFile(stack), "utf8");

const pair = generateSshKeyPair("test");
/** Secrets that a test may look for. */
export const passwordPair = { gatewayPassword: "Canary#4711#Gate", sshPrivateKey: pair.privateKey };
export const sshPublicKey = pair.publicKey;

/** What a person adds to each environment's file. */
const own: Record<string, Record<string, string>> = {
  dev: { databricksUser: "me@example.com" },
  prod: {
    databricksUser: "00000000-0000-0000-0000-000000000001",
    databricksTenantId: "00000000-0000-0000-0000-000000000002",
    databricksClientId: "00000000-0000-0000-0000-000000000001",
    twitterBearerToken: "canary-bearer-token",
  },
};

/** A draft with everything set. */
export function complete(from: "dev" | "prod"): Draft {
  const draft = new Draft("test", stackText(from), "Made in a test.");
  const values = {
    ...{ kafkaClusterName: "test-kafka", operatorAddresses: "203.0.113.7/32, 203.0.113.8/32", sshPublicKey },
    ...{ ...passwordPair, ...own[from] },
  };
  for (const [key, value] of Object.entries(values)) draft.set(key, value);
  return draft;
}
