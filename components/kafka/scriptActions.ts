import * as path from "node:path";
import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { timeoutOf } from "../arm/limits";
import { nodeScript } from "../nodeScript";

/** Roles of a Kafka cluster's nodes. An object and not only a type, as Pulumi has enumerations in other languages. */
export const NodeRole = { Head: "headnode", Worker: "workernode", ZooKeeper: "zookeepernode" } as const;
export type NodeRole = (typeof NodeRole)[keyof typeof NodeRole];

/** A bash script that HDInsight runs as root on nodes of the cluster: now, and on every worker that is added later. */
export interface ScriptAction {
  /** Letters, digits, `-` and `_`; unique among the cluster's. Another name is another script action. */
  name: string;
  /** Where HDInsight and the nodes fetch the script, https. A change runs it; a change of what is there does not. */
  uri: pulumi.Input<string>;
  /** On which nodes it runs. A change runs it on all of these. */
  roles: NodeRole[];
  /** The script's arguments, one line. Kept secret here; HDInsight shows them to whoever may read the cluster. Default: none. */
  parameters?: pulumi.Input<string>;
}

export interface KafkaScriptActionsArgs {
  /** ARM id of the HDInsight cluster. */
  resourceId: pulumi.Input<string>;
  /** Changes when the cluster is a new one of the same name: then the scripts are run on that. */
  clusterId: pulumi.Input<string>;
  /** Run in this order, one after the other. One that is left out is not run on new workers any more; it undoes nothing. */
  scriptActions: ScriptAction[];
}

/**
 * Script actions of a running HDInsight cluster, persisted, so that workers that are added later get them too. ARM's
 * PUT runs them at creation only, so a script calls Azure for each, with the login of the environment.
 */
export class KafkaScriptActions extends pulumi.ComponentResource {
  constructor(name: string, args: KafkaScriptActionsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streaming:kafka:KafkaScriptActions", name, {}, opts);
    const { create: script, dir } = nodeScript(path.join(__dirname, "scripts", "scriptAction"));

    // A cluster takes one at a time.
    let before: pulumi.Resource[] = [];
    for (const action of args.scriptActions) {
      const run = new command.local.Command(
        `${name}-${action.name}`,
        {
          dir,
          create: `${script} run`,
          update: `${script} run`,
          delete: `${script} forget`,
          environment: {
            HDINSIGHT_CLUSTER_ID: args.resourceId,
            SCRIPT_NAME: action.name,
            SCRIPT_URI: action.uri,
            SCRIPT_ROLES: action.roles.join(","),
            // In the environment and not in the command: the command's text is shown when it fails.
            SCRIPT_PARAMETERS: pulumi.secret(action.parameters ?? ""),
          },
          addPreviousOutputInEnv: false,
          triggers: [args.clusterId],
        },
        {
          parent: this,
          dependsOn: before,
          deletedWith: opts?.deletedWith,
          // A change is a replacement, which the state remembers as unfinished when it fails: the next deployment runs what is
          // declared by then, be it the former script, which is not persisted any more.
          replaceOnChanges: ["environment"],
          // What the old one forgets must not be what the new one has run.
          deleteBeforeReplace: true,
          // Another script that runs is waited for, the former one of this name forgotten, this one run; HDInsight gives a
          // script 60 minutes.
          customTimeouts: { create: timeoutOf(3), update: timeoutOf(3), delete: timeoutOf(1) },
        },
      );
      before = [run];
    }

    this.registerOutputs({});
  }
}
