import * as path from "node:path";

/** The checkout's root. */
export const projectRoot = path.resolve(__dirname, "..");

/**
 * The download cache: everything that set-up fetches or builds, and nothing that a run writes.
 * Tests share it with `npm start`; deleting it costs a download.
 */
export interface ToolPaths {
  /** Folder of all below. */
  root: string;
  /** Pulumi CLI and language host. */
  bin: string;
  /** PULUMI_HOME of every run of this project: provider plugins, no credentials. */
  pulumiHome: string;
  /** Jars, in Maven repository layout, as named by `local/setup/jars.lock.json`. */
  jars: string;
  /** Compiled classes of the notebook runner. */
  runner: string;
  /** The public tweets (or the sample), as JSON lines. */
  dataset: string;
}

/** What one twin keeps: state, keys, logs, Kafka's data, Spark's volumes. Tests give each twin a home of its own, by
 * `STREAMING_TWIN_DIR` where they run a command. */
export interface TwinPaths {
  root: string;
  /** CA, SSH key, passphrase, tokens; mode 0700. */
  keys: string;
  logs: string;
  /** Addresses the twin listens on, for clients: JSON. */
  endpoints: string;
  /** Root of `/Volumes` in notebooks and in the Databricks Files API. */
  volumes: string;
}

export function toolPaths(
  root = process.env.STREAMING_TOOLS_DIR ?? path.join(projectRoot, ".local", "tools"),
): ToolPaths {
  return {
    root,
    bin: path.join(root, "bin"),
    pulumiHome: path.join(root, "pulumi"),
    jars: path.join(root, "jars"),
    runner: path.join(root, "runner"),
    dataset: path.join(root, "dataset", "tweets.jsonl"),
  };
}

export function twinPaths(
  root = process.env.STREAMING_TWIN_DIR ?? path.join(projectRoot, ".local", "twin"),
): TwinPaths {
  return {
    root,
    keys: path.join(root, "keys"),
    logs: path.join(root, "logs"),
    endpoints: path.join(root, "endpoints.json"),
    volumes: path.join(root, "volumes"),
  };
}
