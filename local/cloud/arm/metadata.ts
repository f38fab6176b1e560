/**
 * What Azure clients ask first: where things are. `baseUrl` is the twin for what it serves; what it does not serve
 * keeps the public cloud's name, so that a client which needs it fails by that name and not by an odd twin path.
 */

/** `GET /metadata/endpoints`: one object since 2022-09-01, a list of one before. */
export function metadataEndpoints(baseUrl: string, apiVersion: string): unknown {
  const cloud = {
    // Clients built on HashiCorp's SDK take any other name, or another identity provider, for Azure Stack and stop.
    name: "AzureCloud",
    portal: "https://portal.azure.com",
    authentication: {
      loginEndpoint: `${baseUrl}/`,
      audiences: ["https://management.core.windows.net/", "https://management.azure.com/", `${baseUrl}/`],
      tenant: "common",
      identityProvider: "AAD",
    },
    resourceManager: `${baseUrl}/`,
    graph: "https://graph.windows.net/",
    graphAudience: "https://graph.windows.net/",
    microsoftGraphResourceId: "https://graph.microsoft.com/",
    media: "https://rest.media.azure.net",
    batch: "https://batch.core.windows.net/",
    sqlManagement: "https://management.core.windows.net:8443/",
    activeDirectoryDataLake: "https://datalake.azure.net/",
    attestationResourceId: "https://attest.azure.net",
    synapseAnalyticsResourceId: "https://dev.azuresynapse.net",
    logAnalyticsResourceId: "https://api.loganalytics.io",
    ossrDbmsResourceId: "https://ossrdbms-aad.database.windows.net",
    appInsightsResourceId: "https://api.applicationinsights.io",
    appInsightsTelemetryChannelResourceId: "https://dc.applicationinsights.azure.com/v2/track",
    vmImageAliasDoc:
      "https://raw.githubusercontent.com/Azure/azure-rest-api-specs/main/arm-compute/quickstart-templates/aliases.json",
    gallery: "https://gallery.azure.com/",
    suffixes: {
      storage: "core.windows.net",
      keyVaultDns: "vault.azure.net",
      acrLoginServer: "azurecr.io",
      sqlServerHostname: "database.windows.net",
      mhsmDns: "managedhsm.azure.net",
      mysqlServerEndpoint: "mysql.database.azure.com",
      postgresqlServerEndpoint: "postgres.database.azure.com",
      mariadbServerEndpoint: "mariadb.database.azure.com",
      synapseAnalytics: "dev.azuresynapse.net",
      attestationEndpoint: "attest.azure.net",
      azureFrontDoorEndpointSuffix: "azurefd.net",
      storageSyncEndpointSuffix: "afs.azure.net",
      azureDataLakeStoreFileSystem: "azuredatalakestore.net",
      azureDataLakeAnalyticsCatalogAndJob: "azuredatalakeanalytics.net",
    },
  };
  return apiVersion >= "2022-09-01" ? cloud : [cloud];
}

/** `GET /{tenant}/v2.0/.well-known/openid-configuration`: how identity libraries find the token endpoint. */
export function openIdConfiguration(baseUrl: string, tenant: string): unknown {
  const authority = `${baseUrl}/${tenant}`;
  return {
    issuer: `${authority}/v2.0`,
    token_endpoint: `${authority}/oauth2/v2.0/token`,
    jwks_uri: `${authority}/discovery/v2.0/keys`,
    authorization_endpoint: `${authority}/oauth2/v2.0/authorize`,
    device_authorization_endpoint: `${authority}/oauth2/v2.0/devicecode`,
    end_session_endpoint: `${authority}/oauth2/v2.0/logout`,
    token_endpoint_auth_methods_supported: ["client_secret_post", "client_secret_basic"],
    response_types_supported: ["token"],
    grant_types_supported: ["client_credentials"],
    subject_types_supported: ["pairwise"],
    id_token_signing_alg_values_supported: ["HS256"],
    scopes_supported: ["openid"],
  };
}
