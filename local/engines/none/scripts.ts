import type { ScriptOutcome, ScriptRunner } from "../../cloud/hdinsight/scripts";
import type { KafkaHost } from "../kafka";

/**
 * Stands where a script action would be run: on every node it has succeeded, at once. Nothing is fetched and nothing is
 * run, since whoever looks at what somebody else's configuration would do has not said that its scripts may run here.
 */
export class NoScripts implements ScriptRunner {
  async run(_script: unknown, hosts: KafkaHost[]): Promise<ScriptOutcome[]> {
    return hosts.map(({ name }) => ({ host: name, exitCode: 0, stdout: "", stderr: "" }));
  }

  stop(): void {}
}
