import { readFileSync } from "node:fs";
import {
  AzureCliCredential,
  ClientAssertionCredential,
  ClientSecretCredential,
  ManagedIdentityCredential,
  type TokenCredential,
} from "@azure/identity";
import { githubToken, required } from "../login";

/** A cloud of Azure, as it describes itself. */
export interface Cloud {
  /** URL of Azure Resource Manager, without a slash at its end. */
  resourceManager: string;
  /** URL of Entra ID. */
  loginEndpoint: string;
  /** Whom tokens for Resource Manager are made out to, without a slash at its end. */
  audience: string;
}

/** Where each cloud describes itself, by the names that `ARM_ENVIRONMENT` takes. */
const metadataHosts: Record<string, string> = {
  public: "management.azure.com",
  usgovernment: "management.usgovcloudapi.net",
  china: "management.chinacloudapi.cn",
};

/** The cloud that `ARM_METADATA_HOSTNAME` or `ARM_ENVIRONMENT` names; public Azure otherwise. */
export async function cloudOf(env = process.env): Promise<Cloud> {
  const name = env.ARM_ENVIRONMENT || "public";
  const host = env.ARM_METADATA_HOSTNAME || metadataHosts[name];
  if (!host) {
    throw new Error(`\`ARM_ENVIRONMENT\` is \`${name}\`, and needs to be ${Object.keys(metadataHosts).join(", ")}.`);
  }
  const base = host.includes("://") ? host.replace(/\/+$/, "") : `https://${host}`;
  const response = await fetch(`${base}/metadata/endpoints?api-version=2022-09-01`);
  if (!response.ok) throw new Error(`${base} does not describe a cloud of Azure: it answered ${response.status}.`);
  const { resourceManager, authentication } = (await response.json()) as {
    resourceManager: string;
    authentication: { loginEndpoint: string; audiences: string[] };
  };
  const trimmed = (url: string) => url.replace(/\/+$/, "");
  return {
    resourceManager: trimmed(resourceManager),
    loginEndpoint: trimmed(authentication.loginEndpoint),
    audience: trimmed(authentication.audiences[0] ?? resourceManager),
  };
}

/**
 * The login of the environment, found as the azure-native provider finds its own: a managed identity, a token of
 * another identity provider, a client secret, else the Azure CLI. What stands in the stack's configuration for that
 * provider alone (`azure-native:clientSecret`) is not seen here.
 * Source: https://www.pulumi.com/registry/packages/azure-native/installation-configuration/
 */
export function credentialOf(cloud: Cloud, env = process.env): TokenCredential {
  const { ARM_CLIENT_ID: clientId, ARM_TENANT_ID: tenantId, ARM_CLIENT_SECRET: secret } = env;
  const options = {
    authorityHost: cloud.loginEndpoint,
    disableInstanceDiscovery: env.ARM_DISABLE_INSTANCE_DISCOVERY === "true",
  };
  if (isOn(env.ARM_USE_MSI)) return new ManagedIdentityCredential(clientId ? { clientId } : {});
  if (isOn(env.ARM_USE_OIDC)) {
    return new ClientAssertionCredential(
      required("ARM_TENANT_ID", tenantId, "the Entra tenant"),
      required("ARM_CLIENT_ID", clientId, "the application's client id"),
      () => assertion(env),
      options,
    );
  }
  if (clientId && secret) {
    return new ClientSecretCredential(
      required("ARM_TENANT_ID", tenantId, "the Entra tenant"),
      clientId,
      secret,
      options,
    );
  }
  return new AzureCliCredential(tenantId ? { tenantId } : {});
}

async function assertion(env: NodeJS.ProcessEnv): Promise<string> {
  if (env.ARM_OIDC_TOKEN) return env.ARM_OIDC_TOKEN;
  if (env.ARM_OIDC_TOKEN_FILE_PATH) return readFileSync(env.ARM_OIDC_TOKEN_FILE_PATH, "utf8").trim();
  const { ARM_OIDC_REQUEST_URL: url, ARM_OIDC_REQUEST_TOKEN: token } = env;
  return githubToken({
    ...env,
    ...(url && { ACTIONS_ID_TOKEN_REQUEST_URL: url }),
    ...(token && { ACTIONS_ID_TOKEN_REQUEST_TOKEN: token }),
  });
}

function isOn(value: string | undefined): boolean {
  return value === "true" || value === "1";
}
