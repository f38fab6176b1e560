import * as path from "node:path";
import type { Address } from "../cloud/http";
import { readEndpoints } from "../endpoints";
import { type ToolPaths, toolPaths, twinPaths } from "../paths";
import { loadKeys } from "../setup/keys";
import { pluginHome } from "./pluginChoice";

/** What other programs need to work on the local stack and its twin; see `localEnvironment`. */
export type LocalEnvironment = Record<string, string>;

/**
 * Environment variables that point the Pulumi engine, its providers and any other client at the twin in `home`.
 *
 * They are the ones that Azure's and Databricks' own tools read, so a client needs no code for the twin. Rejects when
 * the twin is not running.
 */
export async function localEnvironment(
  home = twinPaths().root,
  tools: ToolPaths = toolPaths(),
): Promise<LocalEnvironment> {
  const endpoints = readEndpoints(home);
  if (!endpoints) throw new Error("The local environment is not running. Start it with `npm start`.");
  return environmentFor(home, tools, endpoints.arm);
}

/** The same for a twin whose Azure Resource Manager is at `address`. */
export async function environmentFor(home: string, tools: ToolPaths, address: Address): Promise<LocalEnvironment> {
  const keys = await loadKeys(home);
  const authority = path.join(twinPaths(home).keys, "ca.pem");
  const arm = `${address.host}:${address.port}`;
  return {
    ...engineVariables(home, tools),
    ARM_METADATA_HOSTNAME: arm,
    // The identity library would ask the public cloud whether it knows the authority.
    ARM_DISABLE_INSTANCE_DISCOVERY: "true",
    // For clients that take a cloud's addresses one by one.
    ARM_ACTIVE_DIRECTORY_AUTHORITY_HOST: `https://${arm}/`,
    ARM_RESOURCE_MANAGER_ENDPOINT: `https://${arm}`,
    ARM_RESOURCE_MANAGER_AUDIENCE: `https://${arm}`,
    ARM_TENANT_ID: keys.azure.tenantId,
    ARM_SUBSCRIPTION_ID: keys.azure.subscriptionId,
    ARM_CLIENT_ID: keys.azure.clientId,
    ARM_CLIENT_SECRET: keys.azure.clientSecret,
    DATABRICKS_TOKEN: keys.databricksToken,
    // A role that was just assigned takes effect at once.
    AZURE_ROLE_WAIT_MINUTES: "0",
    // The twin's certificates are signed by an authority of its own, made on this machine: Node, then Go and OpenSSL.
    NODE_EXTRA_CA_CERTS: authority,
    SSL_CERT_FILE: authority,
  };
}

/**
 * Beside these variables, for whatever runs Pulumi: one that its user has would win over the file with this stack's
 * passphrase (https://www.pulumi.com/docs/iac/cli/environment-variables/), and be the wrong one.
 */
export const withoutOwnPassphrase = { PULUMI_CONFIG_PASSPHRASE: undefined };

/** Keeps the engine's home, state and passphrase inside the project, away from the user's own Pulumi. */
export function engineVariables(home: string, tools: ToolPaths): LocalEnvironment {
  return {
    PATH: `${tools.bin}${path.delimiter}${process.env.PATH ?? ""}`,
    PULUMI_HOME: pluginHome(home, tools),
    PULUMI_BACKEND_URL: `file://${path.join(home, "pulumi")}`,
    PULUMI_CONFIG_PASSPHRASE_FILE: path.join(twinPaths(home).keys, "passphrase"),
    PULUMI_SKIP_UPDATE_CHECK: "true",
    // An engine that is killed leaves its pipes where temporary files go.
    TMPDIR: path.join(home, "pulumi", "tmp"),
  };
}
