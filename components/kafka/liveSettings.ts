import * as path from "node:path";
import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { timeoutOf } from "../arm/limits";
import { nodeScript } from "../nodeScript";

export interface KafkaLiveSettingsArgs {
  /** ARM id of the HDInsight cluster. */
  resourceId: pulumi.Input<string>;
  /** Changes when the cluster is a new one of the same name: then this is looked at again. */
  clusterId: pulumi.Input<string>;
  /** Number of workers. More are added while Kafka runs; fewer are refused. */
  workers: pulumi.Input<number>;
  /** Login of the cluster's gateway. A change takes effect at once; the old one is refused from then on. */
  gateway: GatewayLogin;
  /**
   * Tags of the cluster. A change takes effect in place; a tag that is left out is taken away. Those of others stay, such as
   * policies of the subscription give. Default: none.
   */
  tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/** The login of a cluster's gateway, for Ambari and the dashboards. */
export interface GatewayLogin {
  /** Name of the one user. */
  user: pulumi.Input<string>;
  /** At least 10 characters of all four kinds. Kept secret. */
  password: pulumi.Input<string>;
}

/**
 * What HDInsight changes on a running Kafka cluster: the number of workers, the gateway's login and the tags. Its resource
 * in ARM cannot: a change of it would be planned as an update in place, which is the PUT that creates clusters, with the
 * workers and the password of the first day in it.
 *
 * A script calls Azure for it, with the login of the environment.
 */
export class KafkaLiveSettings extends pulumi.ComponentResource {
  constructor(name: string, args: KafkaLiveSettingsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streaming:kafka:KafkaLiveSettings", name, {}, opts);
    const { create: script, dir } = nodeScript(path.join(__dirname, "live", "apply"));

    new command.local.Command(
      `${name}-apply`,
      {
        dir,
        create: script,
        // Named, so that a change runs it and a new cluster does too.
        update: script,
        environment: {
          HDINSIGHT_CLUSTER_ID: args.resourceId,
          KAFKA_WORKERS: pulumi.output(args.workers).apply(String),
          GATEWAY_USER: args.gateway.user,
          // In the environment and not in the command: the command's text is shown when it fails.
          GATEWAY_PASSWORD: pulumi.secret(args.gateway.password),
          ...(args.tags && { CLUSTER_TAGS: pulumi.output(args.tags).apply(sortedJson) }),
        },
        // It tells the next run which tags are the program's. A line, so that it is never too long for an environment.
        addPreviousOutputInEnv: true,
        triggers: [args.clusterId],
      },
      {
        parent: this,
        deletedWith: opts?.deletedWith,
        // Workers, login, tags.
        customTimeouts: { create: timeoutOf(3), update: timeoutOf(3) },
      },
    );

    this.registerOutputs({});
  }
}

/** In one order, so that the same tags are no change. */
const sortedJson = (tags: Record<string, string>) => JSON.stringify(Object.fromEntries(Object.entries(tags).sort()));
