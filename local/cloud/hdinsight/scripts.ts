import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { rootCertificates } from "node:tls";
import { EnvHttpProxyAgent, fetch } from "undici";
import { type ClusterEngine, type KafkaHost, kafkaHome } from "../../engines/kafka";
import type { Place } from "../../network/place";
import { killGroup } from "../../process";
import { mapPaths } from "../ssh/pathMapping";

/** A script action, as the nodes are given it. */
export interface Script {
  /** Where the script is fetched from, https or http. */
  uri: string;
  /** The script's arguments, as a shell reads words. */
  parameters: string;
  /** `headnode`, `workernode`, `zookeepernode`: on which nodes. */
  roles: string[];
  /** Private addresses of the only nodes that it is for. Default: all of the roles. */
  only?: string[];
}

/** How a script ended on one node. */
export interface ScriptOutcome {
  /** Full host name. */
  host: string;
  /** 0 is success; above 128 it was ended by a signal. */
  exitCode: number;
  /** What was written, or the end of it. */
  stdout: string;
  stderr: string;
}

/** Runs script actions on the nodes of one cluster. */
export interface ScriptRunner {
  /**
   * Runs a script on all hosts at once, as HDInsight does, and waits until it has ended on each.
   *
   * @throws ScriptUnavailable when the script cannot be had
   */
  run(script: Pick<Script, "uri" | "parameters">, hosts: KafkaHost[]): Promise<ScriptOutcome[]>;
  /** Ends what runs. */
  stop(): void;
}

/** The script could not be had: nothing was run. */
export class ScriptUnavailable extends Error {}

/** "Script actions must complete within 60 minutes" (learn.microsoft.com/azure/hdinsight/hdinsight-hadoop-customize-cluster-linux). */
const timeLimit = 60 * 60_000;
const fetchLimit = 60_000;
const keptOutput = 20_000;

const roleNames = { headnode: "head", workernode: "worker", zookeepernode: "zookeeper" } as const;

/** Whether a node has one of the roles that ARM names. */
export function hasRole(host: KafkaHost, roles: string[]): boolean {
  return roles.some((role) => roleNames[role.toLowerCase() as keyof typeof roleNames] === host.role);
}

/**
 * The text of a script. Besides the authorities that Node trusts, the twin's own is: its services may serve scripts.
 *
 * @throws ScriptUnavailable when it cannot be reached or is not answered with
 */
async function fetchScript(uri: string, authority: string): Promise<string> {
  const ca = [...rootCertificates, authority];
  const agent = new EnvHttpProxyAgent({ connect: { ca }, requestTls: { ca } });
  try {
    const response = await fetch(uri, { dispatcher: agent, signal: AbortSignal.timeout(fetchLimit) });
    if (!response.ok) throw new Error(`it was answered with ${response.status}`);
    return await response.text();
  } catch (error) {
    const { message, cause } = error as Error;
    // Without the query: a signature in it would open the script to whoever reads this.
    const place = uri.replace(/\?.*$/s, "");
    throw new ScriptUnavailable(
      `Script Action location cannot be accessed Uri : ${place} ErrorMessage : ${(cause as Error | undefined)?.message ?? message}`,
    );
  } finally {
    await agent.close();
  }
}

/**
 * Runs scripts on a cluster's nodes, each under a real bash with the node's environment and folder, as commands over SSH
 * are run. Unlike on a node they have not the rights of root, and what they left running in the background ends with them.
 */
export class NodeScripts implements ScriptRunner {
  private readonly children = new Set<ChildProcess>();

  constructor(
    private readonly engine: Pick<ClusterEngine, "folders" | "environment">,
    private readonly place: Place,
    /** Certificate of the twin's own authority, PEM. */
    private readonly authority: string,
  ) {}

  async run({ uri, parameters }: Pick<Script, "uri" | "parameters">, hosts: KafkaHost[]): Promise<ScriptOutcome[]> {
    const text = await fetchScript(uri, this.authority);
    return Promise.all(hosts.map((host) => this.runOn(host, text, parameters)));
  }

  stop(): void {
    for (const { pid } of this.children) killGroup(pid);
  }

  private async runOn(host: KafkaHost, text: string, parameters: string): Promise<ScriptOutcome> {
    const folders = this.engine.folders(host);
    fs.mkdirSync(folders.tmp, { recursive: true, mode: 0o700 });
    const file = path.join(folders.tmp, `script-${randomUUID()}.sh`);
    fs.writeFileSync(file, mapPaths(text, { from: kafkaHome, to: folders.kafkaHome }), { mode: 0o700 });
    // By the environment, since a command line is seen by everybody on the machine.
    const start = 'eval "set -- $SCRIPT_PARAMETERS"; unset SCRIPT_PARAMETERS; . "$SCRIPT_FILE"';
    const [program = "", ...args] = this.place.command(["bash", "-c", start], folders.root);
    const child = spawn(program, args, {
      cwd: folders.root,
      env: { ...this.engine.environment(host), SCRIPT_PARAMETERS: parameters, SCRIPT_FILE: file },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    this.children.add(child);
    const late = setTimeout(() => killGroup(child.pid), timeLimit).unref();
    const written = { stdout: "", stderr: "" };
    for (const stream of ["stdout", "stderr"] as const) {
      child[stream].setEncoding("utf8").on("data", (more: string) => {
        written[stream] = (written[stream] + more).slice(-keptOutput);
      });
    }
    try {
      const exitCode = await new Promise<number>((resolve, reject) => {
        child.once("error", reject);
        child.once("exit", (code, signal) => {
          // What is left of its group holds the streams open.
          killGroup(child.pid);
          child.once("close", () => resolve(code ?? (signal ? 137 : 1)));
        });
      });
      return { host: host.name, exitCode, ...written };
    } finally {
      clearTimeout(late);
      this.children.delete(child);
      fs.rmSync(file, { force: true });
    }
  }
}
