import { twinPaths } from "../paths";
import { loadKeys } from "../setup/keys";
import { localEnvironment } from "./environment";
import { LocalStack } from "./localStack";

/**
 * The engine's environment, and what the stack's outputs add to it once it is deployed: the Databricks host, the
 * brokers, and Ambari's and SSH's addresses with their logins.
 */
export async function mergedEnvironment(home = twinPaths().root): Promise<Record<string, string>> {
  const [environment, keys, stack] = await Promise.all([localEnvironment(home), loadKeys(home), LocalStack.open(home)]);
  const outputs = await stack.outputs();
  const [sshHost, sshPort] = String(outputs.sshEndpoint ?? ":").split(":");
  const deployed: Record<string, unknown> = {
    AZURE_AUTHORITY_HOST: `https://${environment.ARM_METADATA_HOSTNAME}`,
    ARM_ENDPOINT: `https://${environment.ARM_METADATA_HOSTNAME}`,
    CURL_CA_BUNDLE: environment.SSL_CERT_FILE,
    REQUESTS_CA_BUNDLE: environment.SSL_CERT_FILE,
    DATABRICKS_HOST: outputs.workspaceUrl,
    KAFKA_BOOTSTRAP_SERVERS: outputs.bootstrapServers,
    AMBARI_URL: outputs.kafkaDashboardUrl,
    AMBARI_USER: outputs.kafkaDashboardUrl && "admin",
    AMBARI_PASSWORD: outputs.kafkaDashboardUrl && keys.gatewayPassword,
    SSH_HOST: sshHost,
    SSH_PORT: sshPort,
    SSH_USER: sshHost && "sshuser",
    SSH_KEY_FILE: sshHost && keys.sshPrivateKeyFile,
  };
  const known = Object.entries(deployed).filter((entry): entry is [string, string] => Boolean(entry[1]));
  return { ...environment, ...Object.fromEntries(known) };
}
