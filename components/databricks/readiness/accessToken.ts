import {
  AzureCliCredential,
  ClientAssertionCredential,
  ClientSecretCredential,
  ManagedIdentityCredential,
  type TokenCredential,
} from "@azure/identity";
import { githubToken, required } from "../../login";

/** Azure Databricks as Microsoft Entra knows it, the same in every tenant. */
const databricksScope = "2ff814a6-3304-4ab8-85cb-cd0e6f879c1d/.default";

/** How to log in, in the words of the Databricks provider's `authType`. */
export interface Login {
  authType: string;
  tenantId?: string;
  clientId?: string;
}

/** A bearer token for the Databricks API. Throws with what is missing and how to provide it. */
export async function accessToken(login: Login, env = process.env): Promise<string> {
  if (login.authType === "pat") return required("DATABRICKS_TOKEN", env.DATABRICKS_TOKEN, "a personal access token");
  const token = await credential(login, env).getToken(databricksScope);
  if (!token) throw new Error(`\`${login.authType}\` gave no token for Databricks: log in again.`);
  return token.token;
}

function credential(login: Login, env: NodeJS.ProcessEnv): TokenCredential {
  const tenantId = () =>
    required("databricksTenantId", login.tenantId ?? env.ARM_TENANT_ID, "the Entra tenant (or `ARM_TENANT_ID`)");
  const clientId = () =>
    required(
      "databricksClientId",
      login.clientId ?? env.ARM_CLIENT_ID,
      "the application's client id (or `ARM_CLIENT_ID`)",
    );
  switch (login.authType) {
    case "azure-cli":
      return new AzureCliCredential(login.tenantId ? { tenantId: login.tenantId } : {});
    case "azure-client-secret":
      return new ClientSecretCredential(
        tenantId(),
        clientId(),
        required("ARM_CLIENT_SECRET", env.ARM_CLIENT_SECRET, "the application's secret"),
      );
    case "github-oidc-azure":
      return new ClientAssertionCredential(tenantId(), clientId(), () => githubToken(env));
    case "azure-msi": {
      const named = login.clientId ?? env.ARM_CLIENT_ID;
      return new ManagedIdentityCredential(named ? { clientId: named } : {});
    }
    default:
      throw new Error(
        `\`databricksAuthType\` is \`${login.authType}\`, and needs to be azure-cli, azure-client-secret, github-oidc-azure, azure-msi or pat.`,
      );
  }
}
