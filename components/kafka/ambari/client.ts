import pRetry, { AbortError } from "p-retry";

/** Where Ambari answers and who asks, from the environment that `KafkaAddresses` gives its commands. */
export interface AmbariConnection {
  /** The cluster's gateway, such as https://mycluster.azurehdinsight.net */
  url: string;
  /** Name of the cluster; case matters. */
  cluster: string;
  user: string;
  password: string;
}

/** Reads the connection from `AMBARI_URL`, `AMBARI_CLUSTER`, `AMBARI_USER` and `AMBARI_PASSWORD`. */
export function connectionFromEnvironment(env = process.env): AmbariConnection {
  const missing = ["AMBARI_URL", "AMBARI_CLUSTER", "AMBARI_USER", "AMBARI_PASSWORD"].filter((key) => !env[key]);
  if (missing.length > 0)
    throw new Error(`Missing in the environment: ${missing.map((key) => `\`${key}\``).join(", ")}.`);
  return {
    url: env.AMBARI_URL as string,
    cluster: env.AMBARI_CLUSTER as string,
    user: env.AMBARI_USER as string,
    password: env.AMBARI_PASSWORD as string,
  };
}

/**
 * Ambari's REST API on the gateway of one HDInsight cluster.
 *
 * A gateway that is not there yet or overloaded (connection errors, 429, 5xx) is asked again for about four minutes;
 * any other refusal is final and thrown with Ambari's own words.
 */
export class Ambari {
  /** Name of the cluster; case matters. */
  readonly cluster: string;
  private readonly base: string;
  private readonly headers: Record<string, string>;

  constructor(
    connection: AmbariConnection,
    private readonly retry = { retries: 12, minTimeout: 1_000, maxTimeout: 30_000 },
  ) {
    this.cluster = connection.cluster;
    this.base = `${connection.url}/api/v1/clusters/${encodeURIComponent(connection.cluster)}`;
    const login = Buffer.from(`${connection.user}:${connection.password}`).toString("base64");
    // Ambari refuses writes without X-Requested-By, its guard against forged browser requests.
    this.headers = { Authorization: `Basic ${login}`, "X-Requested-By": "ambari" };
  }

  /** GET a path below the cluster, such as `/hosts?fields=Hosts/ip`. */
  get<T>(path: string): Promise<T> {
    return this.call<T>("GET", path);
  }

  /** PUT a path below the cluster. The result is empty when Ambari had nothing to do. */
  put<T>(path: string, body: unknown): Promise<T | undefined> {
    return this.call<T | undefined>("PUT", path, JSON.stringify(body));
  }

  private call<T>(method: string, path: string, body?: string): Promise<T> {
    return pRetry(async () => {
      const response = await fetch(this.base + path, {
        method,
        headers: this.headers,
        body,
        signal: AbortSignal.timeout(60_000),
      });
      const text = await response.text();
      if (response.ok) return (text ? JSON.parse(text) : undefined) as T;
      const refusal = new Refusal(
        `${method} ${path}: Ambari answered ${response.status}. ${explain(response.status, text)}`,
      );
      throw response.status === 429 || response.status >= 500 ? refusal : new AbortError(refusal);
    }, this.retry).catch((error: Error) => {
      const cause = error.cause instanceof Error ? ` (${error.cause.message})` : "";
      throw new Error(`${error.message}${cause} at ${this.base}${error instanceof Refusal ? "" : `. ${unreachable}`}`);
    });
  }
}

/** Ambari was there, and said no. */
class Refusal extends Error {}

/** A security rule that does not let an address in drops its packets: nothing says so but the silence. */
const unreachable =
  "The gateway does not answer here: the address from which this runs must be in `operatorAddresses`, and nothing in " +
  "between may keep port 443 closed.";

function explain(status: number, body: string): string {
  if (status === 401 || status === 403) return "Check `gatewayUser` and `gatewayPassword`.";
  try {
    const { message } = JSON.parse(body) as { message?: string };
    if (message) return message;
  } catch {
    // Not Ambari's own answer; the text is all there is.
  }
  return body.slice(0, 300);
}
