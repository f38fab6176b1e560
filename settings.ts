import * as pulumi from "@pulumi/pulumi";
import { advertisingSettings } from "./settings/advertising";
import { type CheckedValues, checkConfiguration } from "./settings/check";
import { type LogWorkspace, logSettings } from "./settings/monitoring";
import { networkSettings, type SparkNetwork } from "./settings/network";
import { throwProblems } from "./settings/problems";
import { scriptActionSettings } from "./settings/scriptActions";
import { stackNames } from "./settings/stackNames";

/** Everything that one environment (stack) decides. `loadSettings` has checked all of it. */
export interface Settings {
  /** Azure region of every resource (`azure-native:location`). */
  location: string;
  resourceGroupName: string;
  /** On every resource that takes tags: `project`, `environment` (the stack) and those of `streaming:tags`. */
  tags: Record<string, string>;
  /** Whether the engine refuses to delete or replace what holds data: group, Kafka cluster, its storage, workspace, logs. */
  protect: boolean;
  kafka: KafkaSettings;
  topics: TopicSettings[];
  databricks: DatabricksSettings;
  spark: SparkSettings;
  pipeline: PipelineSettings;
  /** Who is told by e-mail when a job fails or the consumer falls behind; nobody when it is not there. */
  alerts?: { emails: string[]; backlogRecords: number };
  /** Where logs are kept, and whether Kafka's nodes send theirs; nowhere when it is not there. */
  logs?: { workspace: LogWorkspace; kafka: boolean };
}

/** The HDInsight Kafka cluster and the network that it lives in. */
export interface KafkaSettings {
  /** Also the first label of the cluster's public DNS names, so unique in all of Azure. */
  clusterName: string;
  /** CIDR of the virtual network; does not overlap the range of the Databricks network. */
  addressSpace: string;
  /** CIDR of the one subnet, inside `addressSpace`, with room for every node. */
  subnetPrefix: string;
  workers: number;
  workerSize: string;
  headSize: string;
  zookeeperSize: string;
  /** Managed disks of 1 TB on each worker. */
  disksPerWorker: number;
  /** What brokers are told to advertise; `none` leaves them names that only their own network resolves. */
  advertise: "addresses" | "none";
  /** Name of the private DNS zone whose names they advertise instead; not there otherwise. */
  zoneName?: string;
  /** How the cluster logs in to its storage account. "adls" takes "identity" only. */
  storageAccess: "identity" | "key";
  storageKind: "blob" | "adls";
  /** `diskKey`: a key in Key Vault, with the ARM id of the identity that may use it; not there when Azure's own is used. */
  encryption: { diskKey?: { keyUri: string; identityId: string }; atHost: boolean; inTransit: boolean };
  /** Scripts for the cluster's nodes, in this order. */
  scriptActions: ReturnType<typeof scriptActionSettings>;
  /** Cluster login: Ambari and the gateway. */
  gatewayUser: string;
  gatewayPassword: pulumi.Output<string>;
  sshUser: string;
  /** One line, OpenSSH format. */
  sshPublicKey: string;
  /** Matches `sshPublicKey`; without a passphrase. */
  sshPrivateKey: pulumi.Output<string>;
  /** CIDRs from which SSH (22) and the gateway (443) may be reached: where Pulumi runs. At least one. */
  operatorAddresses: string[];
}

/** One Kafka topic. `replicationFactor` is at most the number of workers. */
export interface TopicSettings {
  name: string;
  partitions: number;
  replicationFactor: number;
  /** Topic configuration by Kafka's own names, such as `min.insync.replicas` or `retention.ms`. */
  config: Record<string, string>;
  /** Whether it is to be deleted where it exists. No notebook uses it then. */
  deleted?: boolean;
}

export interface DatabricksSettings {
  workspaceName: string;
  /** First two octets of the managed virtual network's /16, such as "10.139"; not there when there is a `network`. */
  managedAddressPrefix?: string;
  /** CIDRs of a virtual network of the workspace's own; not there when Databricks manages one. */
  network?: SparkNetwork;
  authType: "azure-cli" | "azure-client-secret" | "github-oidc-azure" | "azure-msi" | "pat";
  /** Whose clusters these are (`singleUserName`): a user's e-mail address or a service principal's application id. */
  user: string;
  azureTenantId?: string;
  azureClientId?: string;
  /** A group of the workspace beside the admins, and what it may do. */
  access?: { group: string; level: "view" | "run" | "manage" };
}

/** The interactive cluster, and the size of the clusters that the jobs bring. */
export interface SparkSettings {
  /** Databricks runtime key, such as "16.4.x-scala2.12". */
  version: string;
  nodeType: string;
  workers: number;
  autoterminationMinutes: number;
  /** Whether there is an interactive cluster beside those that the jobs bring. */
  interactive: boolean;
  /** What every cluster has to keep, enforced by Databricks; nothing when it is not there. */
  limits?: { nodeTypes: string[]; maxWorkers: number; maxAutoterminationMinutes: number };
}

/** What the producer and the consumer notebooks do. */
export interface PipelineSettings {
  /** Name of one of the `topics`. */
  topic: string;
  source: "twitter" | "replay";
  /** Events a second; 0 = as fast as it goes. */
  rate: number;
  /** "never", "end" (of the data set) or a number of events. */
  stopAfter: string;
  /** Path of the JSON-lines file that `replay` reads. */
  dataset: string;
  twitter: {
    query: string;
    mode: "search" | "stream";
    /** Base URL, without a slash at its end. */
    apiUrl: string;
    /** There when `source` is "twitter", and whenever it is configured. */
    bearerToken?: pulumi.Output<string>;
  };
  /** "earliest", "latest" or Spark's JSON of offsets by topic and partition. */
  startingOffsets: string;
  /** "2 seconds", "availableNow" or "continuous 1 second". */
  trigger: string;
  /** Base path of checkpoints and output, without a slash at its end. */
  storagePath: string;
  /** delta, json, parquet, console, memory, noop or kafka:<topic>. */
  sink: string;
  /** Length of the window in which hashtags are counted, such as "1 minute". */
  window: string;
  watermark: string;
  /** A whole number, or "" for no limit: what the notebook's widget takes. */
  maxOffsetsPerTrigger: string;
}

/**
 * Reads and checks the configuration of the stack that is being deployed. Nothing else reads it.
 *
 * @throws RunError that lists every problem: the key, what it got (never the value of a secret), what it needs, and
 * the command that fixes it.
 */
export function loadSettings(): Settings {
  const stack = pulumi.getStack();
  const { values, problems } = checkConfiguration(
    rawConfig(),
    new pulumi.Config("azure-native").get("location"),
    stack,
  );
  throwProblems(problems, stack);
  return toSettings(values as CheckedValues, stack);
}

/** All keys of the namespace, those that the program does not know included. */
function rawConfig() {
  const namespace = "streaming:";
  const all = Object.entries(pulumi.runtime.allConfig()).filter(([key]) => key.startsWith(namespace));
  // The SDK keeps this function out of its types. It is the only one that tells a secret from a value in clear text.
  const { isConfigSecret } = pulumi.runtime as unknown as { isConfigSecret(key: string): boolean };
  return {
    texts: Object.fromEntries(all.map(([key, text]) => [key.slice(namespace.length), text])),
    isEncrypted: (key: string) => isConfigSecret(`${namespace}${key}`),
  };
}

function toSettings(values: CheckedValues, stack: string): Settings {
  const config = new pulumi.Config("streaming");
  const names = stackNames(values, stack);
  return {
    location: values.location,
    resourceGroupName: names.resourceGroupName,
    tags: { project: "streaming", environment: stack, ...values.tags },
    protect: values.protect === "true",
    kafka: {
      clusterName: values.kafkaClusterName,
      addressSpace: values.kafkaAddressSpace,
      subnetPrefix: values.kafkaSubnetPrefix,
      workers: values.kafkaWorkers,
      workerSize: values.kafkaWorkerSize,
      headSize: values.kafkaHeadSize,
      zookeeperSize: values.kafkaZookeeperSize,
      disksPerWorker: values.kafkaDisksPerWorker,
      ...advertisingSettings(values),
      storageAccess: values.kafkaStorageAccess,
      storageKind: values.kafkaStorageKind,
      encryption: {
        diskKey:
          values.kafkaDiskEncryptionKey && values.kafkaDiskEncryptionIdentity
            ? { keyUri: values.kafkaDiskEncryptionKey, identityId: values.kafkaDiskEncryptionIdentity }
            : undefined,
        atHost: values.kafkaEncryptionAtHost === "true",
        inTransit: values.kafkaEncryptionInTransit === "true",
      },
      scriptActions: scriptActionSettings(values),
      gatewayUser: values.gatewayUser,
      gatewayPassword: config.requireSecret("gatewayPassword"),
      sshUser: values.sshUser,
      sshPublicKey: values.sshPublicKey.trim(),
      sshPrivateKey: config.requireSecret("sshPrivateKey"),
      operatorAddresses: values.operatorAddresses,
    },
    topics: values.topics,
    databricks: {
      workspaceName: names.databricksWorkspaceName,
      ...networkSettings(values),
      authType: values.databricksAuthType,
      user: values.databricksUser,
      azureTenantId: values.databricksTenantId,
      azureClientId: values.databricksClientId,
      access: values.databricksGroup
        ? { group: values.databricksGroup, level: values.databricksGroupAccess }
        : undefined,
    },
    spark: {
      version: values.sparkVersion,
      nodeType: values.sparkNodeType,
      workers: values.sparkWorkers,
      autoterminationMinutes: values.sparkAutoterminationMinutes,
      interactive: values.sparkInteractiveCluster === "true",
      limits: values.sparkPolicy && {
        nodeTypes: [values.sparkNodeType],
        maxWorkers: values.sparkWorkers,
        maxAutoterminationMinutes: values.sparkAutoterminationMinutes,
        ...values.sparkPolicy,
      },
    },
    alerts: values.alertEmails && { emails: values.alertEmails, backlogRecords: values.alertBacklogRecords },
    logs: logSettings(values, stack),
    pipeline: {
      topic: values.topic ?? values.topics[0].name,
      source: values.source,
      rate: values.rate,
      stopAfter: values.stopAfter,
      dataset: values.dataset,
      twitter: {
        query: values.twitterQuery,
        mode: values.twitterMode,
        apiUrl: values.twitterApiUrl,
        bearerToken: values.twitterBearerToken === undefined ? undefined : config.requireSecret("twitterBearerToken"),
      },
      startingOffsets: values.startingOffsets,
      trigger: values.trigger,
      storagePath: values.storagePath,
      sink: values.sink,
      window: values.window,
      watermark: values.watermark,
      maxOffsetsPerTrigger: values.maxOffsetsPerTrigger ?? "",
    },
  };
}
