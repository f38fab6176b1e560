import { type Props, text } from "../rpc/values";

/** How to reach a workspace. */
export interface Settings {
  /** `https://<workspace>`, without a slash at the end. */
  host: string;
  token: string;
  /** How long to retry while the workspace is overloaded or not ready, in milliseconds. */
  retryMs: number;
}

type Environment = Readonly<Record<string, string | undefined>>;

const DEFAULT_RETRY_SECONDS = 300;

/**
 * Reads what is needed to call the workspace. It is read when the first call is made, so that previews, which make
 * none, need no credentials.
 *
 * @throws when something is missing, or when the program asks for a way to sign in that this plugin lacks
 */
export function readSettings(config: Props, environment: Environment): Settings {
  const authType = text(config, "authType") ?? environment.DATABRICKS_AUTH_TYPE;
  // A control plane that stands for any workspace takes its one token for whatever way a stack signs in.
  const anyAuthType = environment.TWIN_ANY_AUTH_TYPE === "true";
  if (!anyAuthType && authType !== undefined && authType !== "pat") {
    throw new Error(
      `\`authType\` is "${authType}": the bundled databricks plugin signs in with a token only ("pat"). Set \`authType\` ` +
        "to pat and give a token in `token` or DATABRICKS_TOKEN, or install the official plugin: " +
        "pulumi plugin install resource databricks 1.110.0",
    );
  }
  const host = text(config, "host") ?? environment.DATABRICKS_HOST;
  if (!host) {
    throw new Error(
      "`host` of the databricks provider is missing: the bundled databricks plugin needs the workspace's address, " +
        "https://<workspaceUrl>, in `host` or DATABRICKS_HOST",
    );
  }
  const token = text(config, "token") ?? environment.DATABRICKS_TOKEN;
  if (!token) {
    throw new Error(
      `cannot sign in to ${host}: give a token in \`token\` of the databricks provider or in DATABRICKS_TOKEN`,
    );
  }
  const seconds = Number(text(config, "retryTimeoutSeconds") ?? DEFAULT_RETRY_SECONDS);
  return {
    host: (host.includes("://") ? host : `https://${host}`).replace(/\/+$/, ""),
    token,
    retryMs: (Number.isFinite(seconds) ? seconds : DEFAULT_RETRY_SECONDS) * 1000,
  };
}
