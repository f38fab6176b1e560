import { z } from "zod";
import { isCanonicalRange, isOperatorRange, isUsablePrefix, isUsableRange, prefixLength } from "./addresses";
import { defaultZone, zoneName } from "./advertising";
import * as credentials from "./credentials";
import { accessLevels, authTypes } from "./databricks";
import * as encryption from "./encryption";
import {
  isDuration,
  isPositiveDuration,
  oneOf,
  storageFile,
  storageFolder,
  structured,
  text,
  uuid,
  wholeNumber,
} from "./forms";
import { logAnalytics } from "./monitoring";
import { injectedDefault, managedDefault, smallestWorkspaceSubnet } from "./network";
import { isApiUrl, isSink, isTrigger, sinkNeeds, triggerNeeds } from "./pipeline";
import { isRetiredSize } from "./retiredSizes";
import { exampleScriptAction, scriptActionList, scriptActionsNeed } from "./scriptActions";
import * as spark from "./spark";
import { defaultTopics, topicList } from "./topics";

/** One key of the configuration: what its text may be, and how a person sets it. */
export interface Key<S extends z.ZodType = z.ZodType> {
  schema: S;
  /** A good value, for the command that fixes a bad one. */
  example: unknown;
  /** The commands, where it is not a plain `pulumi config set KEY EXAMPLE`. */
  commands?: string[];
  /** Kept encrypted, and never shown. */
  secret?: true;
  /** Name of the part of a list or an object that is never shown, be it encrypted or not. */
  secretPart?: string;
}

function key<S extends z.ZodType>(
  schema: S,
  example: unknown,
  more: Pick<Key, "commands" | "secret" | "secretPart"> = {},
) {
  return { schema, example, ...more };
}

function secret<S extends z.ZodType>(schema: S, command: string) {
  return key(schema, "VALUE", { commands: [command], secret: true });
}

const range = z
  .string()
  .refine(isCanonicalRange, {
    error: "an IPv4 range that starts at its network address, such as 10.0.0.0/16",
    abort: true,
  })
  .refine(isUsableRange, "a range from /8 to /29 that Azure does not keep for itself");
const workspaceSubnet = range.refine(
  (subnet) => prefixLength(subnet) <= smallestWorkspaceSubnet,
  `a range of /${smallestWorkspaceSubnet} or larger, as Databricks demands`,
);
const operatorRange = "an IPv4 range of /8 or narrower, such as 203.0.113.7/32; the whole internet is refused";
const operatorRanges =
  "a list of the IPv4 ranges that Pulumi runs from, at least one: it must reach SSH and the gateway";

const kafkaSize = z
  .string()
  .refine((size) => !isRetiredSize(size), {
    error: "a size that HDInsight still offers, such as Standard_E4ads_v5: Av1, Dv1 and Dv2 are retired",
    abort: true,
  })
  .refine((size) => /^Standard_[A-Z][\w-]*$/.test(size), "the name of a VM size, such as Standard_E4ads_v5");

const duration = z.string().refine(isDuration, 'a length of time, such as "1 minute"');
const window = z.string().refine(isPositiveDuration, 'a length of time that is not zero, such as "1 minute"');
const folder = "a path from /Volumes/CATALOG/SCHEMA/VOLUME or abfss://, without a slash at its end";
const file = "a path below /Volumes/CATALOG/SCHEMA/VOLUME or abfss://, without a slash at its end";
const tag = z.string("text of at most 256 characters").max(256, "text of at most 256 characters");
const email = "an e-mail address, such as operators@example.com";
const emails = "a list of e-mail addresses, at least one";
const tagNames = "names of 1 to 128 characters without < > % & \\ ? /";

/**
 * Every key of namespace `streaming`. `Pulumi.yaml` describes them and holds their defaults. Lists and objects are not
 * declared there, for reasons that it names; they say it here (`meta`). The table in docs/configuration.md and the JSON schema of the stack files are made of both
 * (`npm run docs:config`).
 */
export const keys = {
  resourceGroupName: key(
    text(
      /^[\w().-]{0,89}[\w()-]$/,
      'letters, digits and "_", "-", ".", "(", ")", up to 90, not ending in "."',
    ).optional(),
    "rg-streaming",
  ),
  tags: key(
    structured(
      z
        .record(z.string().regex(/^[^<>%&\\?/]{1,128}$/, tagNames), tag, "names and values")
        .refine((tags) => Object.keys(tags).length <= 48, "at most 48 tags"),
      "names and values",
    )
      .optional()
      .meta({ description: "Names and values for every resource, beside `project` and `environment`." }),
    { owner: "me" },
  ),

  protect: key(oneOf("true", "false"), "true"),

  kafkaClusterName: key(
    text(
      /^[a-zA-Z\d](?:[a-zA-Z\d-]{1,57})[a-zA-Z\d]$/,
      "3 to 59 letters, digits and hyphens, with no hyphen first or last, unique in all of Azure",
    ),
    "my-kafka",
  ),
  kafkaAddressSpace: key(range, "10.0.0.0/16"),
  kafkaSubnetPrefix: key(range, "10.0.0.0/24"),
  kafkaWorkers: key(wholeNumber(1, 100, "brokers"), "3"),
  kafkaWorkerSize: key(kafkaSize, "Standard_E4ads_v5"),
  kafkaHeadSize: key(kafkaSize, "Standard_E4ads_v5"),
  kafkaZookeeperSize: key(kafkaSize, "Standard_E2_v3"),
  kafkaDisksPerWorker: key(wholeNumber(1, 8, "disks"), "2"),
  kafkaAdvertise: key(oneOf("addresses", "names", "none"), "addresses"),
  kafkaZone: key(zoneName.optional(), defaultZone),
  kafkaStorageAccess: key(oneOf("identity", "key"), "identity"),
  kafkaStorageKind: key(oneOf("blob", "adls"), "blob"),
  kafkaDiskEncryptionKey: key(encryption.keyUri.optional(), encryption.exampleKey),
  kafkaDiskEncryptionIdentity: key(encryption.identityId.optional(), encryption.exampleIdentity),
  kafkaEncryptionAtHost: key(oneOf("true", "false"), "false"),
  kafkaEncryptionInTransit: key(oneOf("true", "false"), "true"),
  kafkaScriptActions: key(
    structured(scriptActionList, scriptActionsNeed).optional().meta({
      description:
        "List of `{name, uri, roles, parameters}`, scripts that HDInsight runs on nodes of the cluster, workers added later included. Default none.",
    }),
    [exampleScriptAction],
    { secretPart: "parameters" },
  ),
  gatewayUser: key(text(/^[a-zA-Z\d]{2,20}$/, "2 to 20 letters and digits"), "admin"),
  gatewayPassword: secret(
    z.string().refine(credentials.isGatewayPassword, credentials.passwordNeeds),
    credentials.setPassword,
  ),
  sshUser: key(
    text(
      /^(?!(?:root|admin|administrator)$)[a-z_][a-z\d_-]{1,31}$/,
      'the name of a Linux user in lower case, not "root" or "admin"',
    ),
    "sshuser",
  ),
  sshPublicKey: key(
    z.string().refine(credentials.isPublicKey, "a public key on one line, in OpenSSH format"),
    "VALUE",
    { commands: [credentials.makeKey, credentials.setPublicKey] },
  ),
  sshPrivateKey: secret(
    z.string().refine(credentials.isPrivateKey, "a private key in OpenSSH or PEM format, without a passphrase"),
    credentials.setPrivateKey,
  ),
  operatorAddresses: key(
    structured(
      z.array(z.string(operatorRange).refine(isOperatorRange, operatorRange), operatorRanges).min(1, operatorRanges),
      operatorRanges,
    ).meta({
      description:
        "List of IPv4 ranges that may reach SSH (22) and the gateway (443). Required; never the whole internet.",
    }),
    ["203.0.113.7/32"],
    { commands: ["pulumi config set --path 'streaming:operatorAddresses[0]' 203.0.113.7/32"] },
  ),

  topics: key(
    structured(topicList, "a list of topics").optional().meta({
      description:
        "List of `{name, partitions, replicationFactor, config, deleted}`; `config` holds Kafka's topic settings by their names, and `deleted: true` deletes the topic.",
      default: defaultTopics,
    }),
    [{ name: "tweets", partitions: 4, replicationFactor: 3, config: {} }],
  ),

  databricksWorkspaceName: key(
    text(/^[a-zA-Z\d_-]{3,64}$/, 'letters, digits, "_" and "-", 3 to 64').optional(),
    "streaming",
  ),
  databricksNetwork: key(oneOf("managed", "injected"), "managed"),
  databricksAddressPrefix: key(
    z.string().refine(isUsablePrefix, "the first two octets of a /16 that Azure accepts, such as 10.139"),
    managedDefault,
  ),
  databricksAddressSpace: key(
    range
      .refine(
        (space) => prefixLength(space) >= 16 && prefixLength(space) <= 24,
        "a range from /16 to /24, as Databricks demands",
      )
      .optional(),
    injectedDefault,
  ),
  databricksHostSubnetPrefix: key(workspaceSubnet.optional(), "10.140.0.0/18"),
  databricksContainerSubnetPrefix: key(workspaceSubnet.optional(), "10.140.64.0/18"),
  databricksAuthType: key(oneOf(...authTypes), "azure-cli"),
  databricksUser: key(
    z
      .string()
      .refine(
        (user) => /^[^\s@]+@[^\s@]+$/.test(user) || uuid.test(user),
        "a user's e-mail address, or the application id of a service principal",
      ),
    "you@example.com",
  ),
  databricksTenantId: key(
    text(uuid, "an id such as 00000000-0000-0000-0000-000000000000").optional(),
    "00000000-0000-0000-0000-000000000000",
  ),
  databricksClientId: key(
    text(uuid, "an id such as 00000000-0000-0000-0000-000000000000").optional(),
    "00000000-0000-0000-0000-000000000000",
  ),
  databricksGroup: key(
    text(
      /^(?!admins$)[^\s](?:.{0,253}[^\s])?$/,
      "the name of a group of the workspace other than admins, such as users",
    ).optional(),
    "users",
  ),
  databricksGroupAccess: key(oneOf(...accessLevels), "run"),
  sparkVersion: key(z.enum(spark.runtimes, spark.runtimeNeeds), "16.4.x-scala2.12"),
  sparkNodeType: key(z.string().refine(spark.isNodeType, spark.nodeTypeNeeds), "Standard_D4ds_v5"),
  sparkWorkers: key(wholeNumber(1, 1000, "workers"), "2"),
  sparkAutoterminationMinutes: key(wholeNumber(10, 10000, "minutes"), "20"),
  sparkInteractiveCluster: key(oneOf("true", "false"), "true"),
  sparkPolicy: key(
    structured(spark.policy, spark.policyNeeds).optional().meta({
      description:
        "Cluster policies that hold all clusters to `{maxWorkers, nodeTypes, maxAutoterminationMinutes}`; what is left out is limited to what this stack uses. Default none.",
    }),
    {
      maxWorkers: 4,
      nodeTypes: ["Standard_D4ds_v5"],
      maxAutoterminationMinutes: 60,
    },
  ),
  alertEmails: key(
    structured(z.array(z.string(email).regex(/^[^\s@,;]+@[^\s@,;]+$/, email), emails).min(1, emails), emails)
      .optional()
      .meta({
        description: "List of addresses that are told when a job fails or the consumer falls behind. Default nobody.",
      }),
    ["operators@example.com"],
    { commands: ["pulumi config set --path 'streaming:alertEmails[0]' operators@example.com"] },
  ),
  alertBacklogRecords: key(wholeNumber(1, 1_000_000_000_000, "records"), "10000"),
  logAnalytics: key(logAnalytics, "new"),
  logKafka: key(oneOf("true", "false"), "true"),
  logRetentionDays: key(wholeNumber(30, 730, "days"), "30"),

  topic: key(z.string().optional(), "tweets"),
  source: key(oneOf("twitter", "replay"), "replay"),
  rate: key(wholeNumber(0, 1_000_000, "events a second (0 = no limit)"), "20"),
  stopAfter: key(text(/^(?:never|end|[1-9]\d{0,14})$/, "never, end, or a number of events from 1"), "never"),
  dataset: key(text(storageFile, file), "/Volumes/main/streaming/data/tweets.jsonl"),
  twitterQuery: key(
    text(/^[^\r\n]{1,512}$/, "a query of X of at most 512 characters, on one line"),
    "#Azure lang:en -is:retweet",
  ),
  twitterMode: key(oneOf("search", "stream"), "search"),
  twitterApiUrl: key(
    z
      .string()
      .refine(isApiUrl, "an https URL without a path (http is for an address of this machine only)")
      .transform((url) => new URL(url).origin),
    "https://api.x.com",
  ),
  twitterBearerToken: secret(
    text(/^[\w%+/=.~-]{10,}$/, "a bearer token, without spaces or line ends").optional(),
    "pulumi config set --secret streaming:twitterBearerToken",
  ),
  startingOffsets: key(text(/./, "earliest, latest or offsets as JSON"), "earliest"),
  trigger: key(z.string().refine(isTrigger, triggerNeeds), "2 seconds"),
  storagePath: key(text(storageFolder, folder), "/Volumes/main/streaming/pipeline"),
  sink: key(z.string().refine(isSink, sinkNeeds), "delta"),
  window: key(window, "1 minute"),
  watermark: key(duration, "1 minute"),
  maxOffsetsPerTrigger: key(
    text(/^[1-9]\d{0,14}$/, "a whole number from 1, or nothing for no limit").optional(),
    "10000",
  ),
} satisfies Record<string, Key>;

export type KeyName = keyof typeof keys;

/** What the texts mean, once they are checked. */
export type Values = { [K in KeyName]: z.output<(typeof keys)[K]["schema"]> };
