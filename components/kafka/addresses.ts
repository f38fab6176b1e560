import * as path from "node:path";
import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { nodeScript } from "../nodeScript";
import { BrokerNames, type BrokerNamesArgs } from "./names";

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
  /**
   * What the brokers are told to advertise. `none`: nothing, so they go on with their host names, or go back to them. A
   * change restarts all brokers.
   */
  advertise: "addresses" | "none" | NamesInZone;
}

/** Names in a private DNS zone, which is made, for clients in networks that can be linked to it. */
export interface NamesInZone extends Omit<BrokerNamesArgs, "count" | "addresses"> {
  /** Number of brokers, as a plain number: there is a record set for each. */
  count: number;
}

/**
 * Makes the brokers of an HDInsight cluster reachable from a peered network, by address or by name, and reads their
 * addresses.
 *
 * Both steps are calls to Ambari through the cluster's gateway: HDInsight's ARM API neither configures Kafka after
 * creation nor tells any node's address.
 */
export class KafkaAddresses extends pulumi.ComponentResource {
  /** Every broker as `ip:9092`, or as `name:9092` where names are advertised; sorted. */
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

    const advertise = (more: Record<string, pulumi.Input<string>>, dependsOn: pulumi.Resource[]) =>
      new command.local.Command(
        `${name}-advertise`,
        {
          ...nodeScript(ambariScript("advertiseIps")),
          ...shared,
          environment: { ...environment, ...more },
          triggers: [args.clusterId, args.workers],
        },
        {
          ...child,
          dependsOn,
          // Telling them something else is a replacement, which the state remembers as unfinished when it fails: brokers may
          // have been told by then. So the next deployment tells them what is declared by then, be it the former thing.
          replaceOnChanges: ["environment.KAFKA_ADVERTISE", "environment.KAFKA_BROKER_NAMES"],
          deleteBeforeReplace: true,
          // Kafka is stopped and started, each of which may take 20 minutes, and Ambari may be away at times.
          customTimeouts: { create: "50m", update: "50m" },
        },
      );
    // With `none` there is a step too, since it takes back what an earlier deployment has told them: before the engine
    // deletes the names that they advertise, which it does last. It does nothing to brokers that were told nothing.
    const first = typeof args.advertise === "object" ? [] : [advertise(addressesOrNone[args.advertise], [])];

    const read = new command.local.Command(
      `${name}-read`,
      {
        ...nodeScript(ambariScript("nodeAddresses")),
        ...shared,
        logging: "none",
        triggers: [args.clusterId, args.workers],
      },
      { ...child, dependsOn: first },
    );
    // The command's output is as secret as its environment; node addresses are none.
    const addresses = pulumi.unsecret(read.stdout).apply((json) => JSON.parse(json) as NodeAddresses);
    this.zookeeperNodes = addresses.apply(({ zookeepers }) => zookeepers.map((ip) => `${ip}:2181`));

    if (typeof args.advertise === "object") {
      // Brokers reach each other by what they advertise, so the names are answered before the first one is told its own.
      const zone = new BrokerNames(
        `${name}-names`,
        { ...args.advertise, addresses: addresses.brokers },
        { parent: this },
      );
      const byAddress = pulumi
        .all([addresses.brokers, zone.names])
        .apply(([ips, names]) => JSON.stringify(Object.fromEntries(ips.map((ip, index) => [ip, names[index]]))));
      const told = advertise({ KAFKA_BROKER_NAMES: byAddress }, [zone]);
      this.brokers = pulumi.all([zone.names, told.id]).apply(([names]) => names.map((host) => `${host}:9092`));
    } else {
      this.brokers = addresses.apply(({ brokers }) => brokers.map((ip) => `${ip}:9092`));
    }

    this.registerOutputs({ brokers: this.brokers, zookeeperNodes: this.zookeeperNodes });
  }
}

/** What `ambari/advertiseIps.ts` is told; that it is told nothing for addresses keeps the commands of former versions. */
const addressesOrNone: Record<"addresses" | "none", Record<string, string>> = {
  addresses: {},
  none: { KAFKA_ADVERTISE: "none" },
};

/** What `ambari/nodeAddresses.ts` prints: IP addresses in numerical order. */
interface NodeAddresses {
  brokers: string[];
  zookeepers: string[];
}

const ambariScript = (name: string) => path.join(__dirname, "ambari", name);
