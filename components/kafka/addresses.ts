import * as path from "node:path";
import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { nodeScript } from "../nodeScript";

export interface KafkaAddressesArgs {
  /** Name of the cluster in Ambari; case matters. */
  clusterName: pulumi.Input<string>;
  /** Changes when the cluster is a new one: then everything here runs again. */
  clusterId: pulumi.Input<string>;
  /** The cluster's gateway, https. */
  ambariUrl: pulumi.Input<string>;
  /** Cluster login. */
  gateway: { user: pulumi.Input<string>; password: pulumi.Input<string> };
  /** Number of brokers; a change reads the addresses anew. */
  workers: pulumi.Input<number>;
  /** Whether the brokers are told to advertise their IP addresses. */
  advertiseIpAddresses: boolean;
}

/**
 * Makes the brokers of an HDInsight cluster reachable from a peered network, and reads their addresses.
 *
 * Both steps are calls to Ambari through the cluster's gateway: HDInsight's ARM API neither configures Kafka after
 * creation nor tells any node's address.
 */
export class KafkaAddresses extends pulumi.ComponentResource {
  /** Every broker as `ip:9092`, sorted. */
  readonly brokers: pulumi.Output<string[]>;
  /** Every ZooKeeper node as `ip:2181`, sorted. */
  readonly zookeeperNodes: pulumi.Output<string[]>;

  constructor(name: string, args: KafkaAddressesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streaming:kafka:KafkaAddresses", name, {}, opts);
    const child = { parent: this, deletedWith: opts?.deletedWith };
    const environment = {
      AMBARI_URL: args.ambariUrl,
      AMBARI_CLUSTER: args.clusterName,
      AMBARI_USER: args.gateway.user,
      // In the environment and not in the command: the command's text is shown when it fails.
      AMBARI_PASSWORD: pulumi.secret(args.gateway.password),
    };
    const shared = { environment, addPreviousOutputInEnv: false };

    const advertising = args.advertiseIpAddresses
      ? [
          new command.local.Command(
            `${name}-advertise`,
            { ...nodeScript(ambariScript("advertiseIps")), ...shared, triggers: [args.clusterId, args.workers] },
            { ...child, customTimeouts: { create: "40m", update: "40m" } },
          ),
        ]
      : [];

    const read = new command.local.Command(
      `${name}-read`,
      {
        ...nodeScript(ambariScript("nodeAddresses")),
        ...shared,
        logging: "none",
        triggers: [args.clusterId, args.workers],
      },
      { ...child, dependsOn: advertising },
    );
    // The command's output is as secret as its environment; node addresses are none.
    const addresses = pulumi.unsecret(read.stdout).apply((json) => JSON.parse(json) as NodeAddresses);
    this.brokers = addresses.apply(({ brokers }) => brokers.map((ip) => `${ip}:9092`));
    this.zookeeperNodes = addresses.apply(({ zookeepers }) => zookeepers.map((ip) => `${ip}:2181`));

    this.registerOutputs({ brokers: this.brokers, zookeeperNodes: this.zookeeperNodes });
  }
}

/** What `ambari/nodeAddresses.ts` prints: IP addresses in numerical order. */
interface NodeAddresses {
  brokers: string[];
  zookeepers: string[];
}

const ambariScript = (name: string) => path.join(__dirname, "ambari", name);
