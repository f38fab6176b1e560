import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { deleteScript, isInternal, type TopicSpec, topicsScript } from "./topicsScript";

export interface KafkaTopicsArgs {
  /**
   * The topics as they should be. Partitions may grow; a smaller number or another replication factor is refused. One that
   * is left out is kept; one with `deleted: true` is deleted, with its events.
   */
  topics: TopicSpec[];
  /** Every broker as `ip:port`, comma-separated. */
  bootstrapServers: pulumi.Input<string>;
  /** Changes when the cluster is a new one: then the topics are made again. */
  clusterId: pulumi.Input<string>;
  /** A node that has Kafka's tools and reaches the brokers: HDInsight's head node. */
  ssh: SshLogin;
  /**
   * Delete the topics, and what is in them, when this component is destroyed, and before they are made again for another
   * cluster. Default false.
   */
  deleteOnDestroy?: boolean;
}

/** A node that answers SSH, and the login on it. */
export interface SshLogin {
  /** Name or address of the node. */
  host: pulumi.Input<string>;
  /** TCP port. */
  port: pulumi.Input<number>;
  /** Name of the user, who may run Kafka's tools. */
  user: pulumi.Input<string>;
  /** Private key in OpenSSH or PEM form. Kept secret. */
  privateKey: pulumi.Input<string>;
  /**
   * Public key of the host, one line, where somebody who trusts the way to it has read it (`ssh-keyscan`): another host is
   * refused. A head node has one of its own, which nobody knows before it is there. Default: any host is taken.
   */
  hostKey?: pulumi.Input<string>;
}

/**
 * Topics of a Kafka cluster, made and changed in one SSH session on a head node. Kafka's own tools look at them and delete;
 * a program of the component's own makes and changes them, all at once.
 *
 * The brokers are not reachable from where Pulumi runs, the head node is. SSH that is not ready yet is tried again for
 * half an hour; every five topics give all of it a minute more.
 */
export class KafkaTopics extends pulumi.ComponentResource {
  /** The topics but for deleted ones, known once they exist. */
  readonly topics: pulumi.Output<TopicSpec[]>;

  constructor(name: string, args: KafkaTopicsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streaming:kafka:KafkaTopics", name, {}, opts);
    const lost = args.topics.filter((topic) => topic.deleted && isInternal(topic.name)).map((topic) => topic.name);
    if (lost.length > 0) {
      throw new Error(
        `Topics \`${name}\`: \`deleted\` is set for ${lost.join(", ")}: Kafka keeps offsets and transactions there. Leave it out.`,
      );
    }

    const script = pulumi.output(args.bootstrapServers).apply((servers) => topicsScript(servers, args.topics));
    const timeout = `${30 + Math.ceil(args.topics.length / 5)}m`;
    const applied = new command.remote.Command(
      `${name}-script`,
      {
        connection: {
          host: args.ssh.host,
          port: args.ssh.port,
          user: args.ssh.user,
          privateKey: pulumi.secret(args.ssh.privateKey),
          hostKey: args.ssh.hostKey,
          // A host that is not up yet is tried again until time is up; another host than the known one, a few times.
          dialErrorLimit: args.ssh.hostKey === undefined ? -1 : 10,
        },
        // By standard input, since a command that fails is printed whole.
        create: "bash -s",
        update: "bash -s",
        stdin: script,
        // Without a command for it, destroying leaves the topics alone.
        delete: args.deleteOnDestroy
          ? pulumi.output(args.bootstrapServers).apply((servers) => deleteScript(servers, args.topics))
          : undefined,
        triggers: [args.clusterId],
        addPreviousOutputInEnv: false,
      },
      {
        parent: this,
        deletedWith: opts?.deletedWith,
        // A new trigger replaces the command, and what the old one deletes must not be what the new one has made: a new
        // cluster answers by the old one's name, and maybe at its addresses.
        deleteBeforeReplace: args.deleteOnDestroy,
        customTimeouts: { create: timeout, update: timeout, delete: timeout },
      },
    );
    this.topics = pulumi.all([args.topics, applied.id]).apply(([topics]) => topics.filter(({ deleted }) => !deleted));

    this.registerOutputs({ topics: this.topics });
  }
}
