import { type Props, text } from "../rpc/values";

/** The provider's configuration: `azure-native:*` and the `ARM_*` environment variables. */
export interface Settings {
  subscriptionId: string;
  tenantId: string;
  clientId: string;
  clientSecret: string;
  /** Where the cloud describes itself; undefined for public Azure. */
  metadataHost?: string;
  /** Location of resources that name none. */
  location?: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

const variables = {
  subscriptionId: "ARM_SUBSCRIPTION_ID",
  tenantId: "ARM_TENANT_ID",
  clientId: "ARM_CLIENT_ID",
  clientSecret: "ARM_CLIENT_SECRET",
} as const;

/**
 * Reads what is needed to call Azure. It is read when the first call is made, so that previews that need no call
 * need no credentials.
 *
 * @throws with every missing key and variable named
 */
export function readSettings(config: Props, environment: Environment): Settings {
  const value = (key: keyof typeof variables): string | undefined => text(config, key) ?? environment[variables[key]];
  const keys = Object.keys(variables) as (keyof typeof variables)[];
  const missing = keys.filter((key) => !value(key));
  if (missing.length > 0) {
    const names = missing.map((key) => `\`azure-native:${key}\` (or ${variables[key]})`).join(", ");
    throw new Error(
      `cannot sign in to Azure: ${names} not set. The bundled azure-native plugin signs in as a service principal with ` +
        "a client secret only; for the Azure CLI, OIDC, certificates and managed identities install the official one: " +
        "pulumi plugin install resource azure-native 3.28.0",
    );
  }
  return {
    subscriptionId: value("subscriptionId") as string,
    tenantId: value("tenantId") as string,
    clientId: value("clientId") as string,
    clientSecret: value("clientSecret") as string,
    metadataHost: text(config, "metadataHost") ?? environment.ARM_METADATA_HOSTNAME ?? undefined,
    location: configuredLocation(config),
  };
}

/** The location for resources that name none. */
export function configuredLocation(config: Props): string | undefined {
  return text(config, "location");
}
