import type { Cluster as HDInsightCluster } from "@pulumi/azure-native/hdinsight";
import * as hdinsight from "@pulumi/azure-native/hdinsight";
import * as pulumi from "@pulumi/pulumi";
import type { NetworkOutput, NetworkReference } from "../network/reference";
import { KafkaAddresses, type KafkaAddressesArgs } from "./addresses";
import { defaultBrokerConfig } from "./brokerConfig";
import { changedLive, clusterIdentity, clusterProperties, replacedOnChange } from "./clusterDefinition";
import type { ClusterEncryption } from "./encryption";
import { endpoint } from "./endpoint";
import { KafkaLiveSettings } from "./liveSettings";
import { KafkaNetwork } from "./network";
import { KafkaScriptActions, type ScriptAction } from "./scriptActions";
import { type ClusterStorage, KafkaStorage, type StorageAccess, type StorageKind } from "./storage";

export interface KafkaClusterArgs {
  /** Resource group of everything made here. A change replaces it all. */
  resourceGroupName: pulumi.Input<string>;
  /** Azure region. A change replaces the cluster and loses its data. */
  location: pulumi.Input<string>;
  /** Name of the cluster and of its public address; unique in all of Azure. A change replaces the cluster. */
  clusterName: pulumi.Input<string>;
  /** A network that is there already. Default: one is made, from `addressSpace`, `subnetPrefix` and `operatorAddresses`. */
  existingNetwork?: ExistingNetwork;
  /** Address space of the cluster's own virtual network, CIDR. Must not overlap the Databricks network. */
  addressSpace?: pulumi.Input<string>;
  /** Range of the nodes' subnet, CIDR, inside `addressSpace`. Azure does not move it while nodes are in it: a change fails. */
  subnetPrefix?: pulumi.Input<string>;
  /** CIDR ranges that may reach SSH and Ambari: where Pulumi and people run. Default: none. */
  operatorAddresses?: string[];
  /** Storage that is there already, with what opens it. Default: some is made, by `storageAccess` and `storageKind`. */
  existingStorage?: ClusterStorage;
  /** How the cluster logs in to its storage account: `identity` or `key`. Default `identity`. A change replaces the cluster. */
  storageAccess?: StorageAccess;
  /** `blob`, or `adls` for Data Lake Storage Gen2. Default `blob`. A change replaces the cluster. */
  storageKind?: StorageKind;
  /** Minutes that the identity's role on the storage is given to take effect, see `KafkaStorageArgs`. Default 10. */
  storageRoleWaitMinutes?: pulumi.Input<number>;
  /** Encryption beyond that of every managed disk. Default: none. A change replaces the cluster. */
  encryption?: ClusterEncryption;
  /** Number of brokers, at least the replication factor of every topic. More are added in place; fewer are refused. */
  workers: pulumi.Input<number>;
  /** VM size of a broker. A change replaces the cluster. */
  workerSize: pulumi.Input<string>;
  /** VM size of the two head nodes. A change replaces the cluster. */
  headSize: pulumi.Input<string>;
  /** VM size of the three ZooKeeper nodes. A change replaces the cluster. */
  zookeeperSize: pulumi.Input<string>;
  /** Data disks of 1 TB on each broker, 1 to 8. A change replaces the cluster. */
  disksPerWorker: pulumi.Input<number>;
  /** Cluster login, for Ambari and its gateway. A change takes effect in place. */
  gatewayUser: pulumi.Input<string>;
  /** Password of the cluster login, at least 10 characters of all four kinds. Kept secret. A change takes effect in place. */
  gatewayPassword: pulumi.Input<string>;
  /** SSH login, by key only. A change replaces the cluster. */
  sshUser: pulumi.Input<string>;
  /** Public key of the SSH login, one line. A change replaces the cluster. */
  sshPublicKey: pulumi.Input<string>;
  /**
   * Broker settings at creation (Ambari's `kafka-broker`), values as strings. Default: no automatic topics,
   * replication factor 3, two in-sync replicas. Later changes go through Ambari.
   */
  brokerConfig?: Record<string, pulumi.Input<string>>;
  /**
   * What the brokers advertise: `addresses` (default), or `none`, that is, host names that only their own network
   * resolves, with which no client in a peered network gets past the first answer. A change restarts all brokers.
   */
  advertise?: BrokerAdvertising;
  /** Names in a private DNS zone, which is made, for the brokers to advertise instead. Default: none. */
  names?: AdvertisedNames;
  /** Scripts to run on nodes, in this order, before the brokers are told what to advertise. Default: none. */
  scriptActions?: ScriptAction[];
  /** Refuse to delete or replace the cluster and its storage. Default false: `pulumi destroy` takes all of it. */
  protect?: boolean;
  /** Tags on every resource. Default: none. */
  tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/** What brokers are told to advertise. An object and not only a type, as Pulumi has enumerations in other languages. */
export const BrokerAdvertising = { Addresses: "addresses", None: "none" } as const;
export type BrokerAdvertising = (typeof BrokerAdvertising)[keyof typeof BrokerAdvertising];

/** A private DNS zone with a name for each broker, answered in the cluster's network. `workers` is a plain number then. */
export interface AdvertisedNames {
  /** Name of the zone, two labels or more, such as `kafka.internal`. */
  zoneName: pulumi.Input<string>;
  /** ARM ids of further networks in which the names are answered, by a short name: those of the clients. Default: none. */
  networks?: Record<string, pulumi.Input<string>>;
}

/** Where SSH is answered. */
export interface SshEndpoint {
  /** Name of the host. */
  host: pulumi.Output<string>;
  /** TCP port. */
  port: pulumi.Output<number>;
}

/** A virtual network of somebody else's, in the cluster's region, and the subnet in it for the nodes. */
export interface ExistingNetwork {
  /** The virtual network. A change replaces the cluster. */
  virtualNetwork: NetworkReference;
  /**
   * ARM id of the subnet. HDInsight needs a NAT gateway on it and a security group that lets the service tag
   * `HDInsight` in to port 443; where this program runs, it must reach 443 and 22. A change replaces the cluster.
   */
  subnetId: pulumi.Input<string>;
}

/**
 * Kafka on HDInsight in a virtual network of its own, or in one that is there: network, storage with the identity that
 * opens it, cluster with its head, ZooKeeper and worker nodes, brokers that advertise IP addresses, and the addresses of
 * brokers and ZooKeepers.
 */
export class KafkaCluster extends pulumi.ComponentResource {
  /** Name of the cluster in Azure and in Ambari. */
  readonly clusterName: pulumi.Output<string>;
  /** Changes when the cluster is replaced by a new one of the same name. */
  readonly clusterId: pulumi.Output<string>;
  /** Every broker as `ip:9092`, or as `name:9092` where names are advertised; sorted. */
  readonly brokers: pulumi.Output<string[]>;
  /** `brokers`, comma-separated, as Kafka clients want it. */
  readonly bootstrapServers: pulumi.Output<string>;
  /** Every ZooKeeper node as `ip:2181`, sorted. */
  readonly zookeeperNodes: pulumi.Output<string[]>;
  /** Ambari, as an https URL. */
  readonly dashboardUrl: pulumi.Output<string>;
  /** Where the first head node answers SSH. */
  readonly sshEndpoint: SshEndpoint;
  /** The cluster's virtual network, for peering. */
  readonly virtualNetwork: NetworkOutput;
  /** ARM id of the network security group on the nodes' subnet; undefined in a network of somebody else's. */
  readonly securityGroupId?: pulumi.Output<string>;

  /** The HDInsight cluster itself, for `dependsOn` and `deletedWith`. */
  get resource(): HDInsightCluster {
    return clusters.get(this) as HDInsightCluster;
  }

  constructor(name: string, args: KafkaClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streaming:kafka:KafkaCluster", name, {}, opts);
    const { resourceGroupName, location, tags } = args;

    const network = args.existingNetwork ?? this.network(name, args);
    this.securityGroupId = "securityGroupId" in network ? network.securityGroupId : undefined;
    this.virtualNetwork = {
      id: pulumi.output(network.virtualNetwork.id),
      name: pulumi.output(network.virtualNetwork.name),
      resourceGroupName: pulumi.output(network.virtualNetwork.resourceGroupName ?? resourceGroupName),
    };

    const storage = args.existingStorage ?? this.storage(name, args);
    const gateway = { user: args.gatewayUser, password: pulumi.secret(args.gatewayPassword) };

    const cluster = new hdinsight.Cluster(
      `${name}-cluster`,
      {
        resourceGroupName,
        location,
        tags,
        clusterName: args.clusterName,
        identity: clusterIdentity(storage.identityId, args.encryption?.diskKey?.identityId),
        properties: clusterProperties({
          ...args,
          gateway,
          ssh: { user: args.sshUser, publicKey: args.sshPublicKey },
          network: { virtualNetworkId: network.virtualNetwork.id, subnetId: network.subnetId },
          storage,
          brokerConfig: args.brokerConfig ?? defaultBrokerConfig,
        }),
      },
      {
        parent: this,
        protect: args.protect,
        // An identity is of no use before it has its role, and that has taken effect.
        dependsOn: storage instanceof KafkaStorage ? [storage] : [],
        // The public name can exist only once, so the old cluster goes first.
        deleteBeforeReplace: true,
        replaceOnChanges: replacedOnChange,
        // Changed by `KafkaLiveSettings`; here it would be planned as an update that changes nothing.
        ignoreChanges: changedLive,
        customTimeouts: { create: "90m", update: "60m", delete: "60m" },
      },
    );
    clusters.set(this, cluster);
    this.clusterName = cluster.name;
    // One secret below `properties` makes all of it secret; endpoints and the id are none.
    const properties = pulumi.unsecret(cluster.properties);
    this.clusterId = properties.apply((p) => p.clusterId ?? "");
    const https = endpoint(properties, "HTTPS");
    this.dashboardUrl = https.apply(({ location, port }) => `https://${location}${port === 443 ? "" : `:${port}`}`);
    const ssh = endpoint(properties, "SSH");
    this.sshEndpoint = { host: ssh.apply((s) => s.location), port: ssh.apply((s) => s.port) };

    const live = new KafkaLiveSettings(
      `${name}-live`,
      { resourceId: cluster.id, clusterId: this.clusterId, workers: args.workers, gateway, tags },
      { parent: this, deletedWith: cluster },
    );
    const scripts = this.scripts(name, args, live);

    const addresses = new KafkaAddresses(
      `${name}-addresses`,
      {
        clusterName: this.clusterName,
        clusterId: this.clusterId,
        ambariUrl: this.dashboardUrl,
        gateway,
        workers: args.workers,
        advertise: this.advertising(name, args),
      },
      // New workers have addresses, and Ambari knows a new password, only then. Brokers are restarted after the scripts.
      { parent: this, deletedWith: cluster, dependsOn: [live, ...scripts] },
    );
    this.brokers = addresses.brokers;
    this.bootstrapServers = addresses.brokers.apply((brokers) => brokers.join(","));
    this.zookeeperNodes = addresses.zookeeperNodes;

    this.registerOutputs({
      clusterName: this.clusterName,
      brokers: this.brokers,
      zookeeperNodes: this.zookeeperNodes,
      dashboardUrl: this.dashboardUrl,
    });
  }

  private network(name: string, args: KafkaClusterArgs): KafkaNetwork {
    const { addressSpace, subnetPrefix, operatorAddresses = [] } = args;
    if (addressSpace === undefined || subnetPrefix === undefined) {
      throw new Error(
        `Kafka cluster \`${name}\` has no network: give \`addressSpace\` and \`subnetPrefix\` to make one, or \`existingNetwork\`.`,
      );
    }
    return new KafkaNetwork(
      `${name}-network`,
      { ...args, addressSpace, subnetPrefix, operatorAddresses },
      { parent: this },
    );
  }

  private advertising(name: string, args: KafkaClusterArgs): KafkaAddressesArgs["advertise"] {
    const { advertise = "addresses", names, workers, resourceGroupName, tags } = args;
    if (!names) return advertise;
    if (advertise === "none") {
      throw new Error(`Kafka cluster \`${name}\` has \`names\` to advertise and \`advertise\` none: leave one out.`);
    }
    if (typeof workers !== "number") {
      throw new Error(
        `Kafka cluster \`${name}\` has no plain number of \`workers\`: with names there is a record for each, so give a number and no Output.`,
      );
    }
    const networks = { kafka: this.virtualNetwork.id, ...names.networks };
    return { zoneName: names.zoneName, networks, count: workers, resourceGroupName, tags };
  }

  private scripts(name: string, { scriptActions = [] }: KafkaClusterArgs, after: pulumi.Resource): pulumi.Resource[] {
    if (scriptActions.length === 0) return [];
    return [
      new KafkaScriptActions(
        `${name}-scripts`,
        { resourceId: this.resource.id, clusterId: this.clusterId, scriptActions },
        { parent: this, deletedWith: this.resource, dependsOn: [after] },
      ),
    ];
  }

  private storage(name: string, args: KafkaClusterArgs): ClusterStorage {
    const { storageAccess: access, storageKind: kind, storageRoleWaitMinutes: roleWaitMinutes } = args;
    return new KafkaStorage(`${name}-storage`, { ...args, access, kind, roleWaitMinutes }, { parent: this });
  }
}

/** Not in properties, which are a component package's outputs: one of another package's type would need its schema. */
const clusters = new WeakMap<KafkaCluster, HDInsightCluster>();
