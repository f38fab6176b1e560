import { describe, expect, it } from "vitest";
import { type Rule, settingsOf } from "../../policies/rule";
import { rules } from "../../policies/rules";

const nsg = (...securityRules: object[]) => ({
  type: "azure-native:network:NetworkSecurityGroup",
  props: {
    securityRules: securityRules.map((rule) => ({ name: "door", direction: "Inbound", access: "Allow", ...rule })),
  },
});
const account = (changes: object) => ({
  type: "azure-native:storage:StorageAccount",
  props: { allowBlobPublicAccess: false, minimumTlsVersion: "TLS1_2", enableHttpsTrafficOnly: true, ...changes },
});
const kafka = (properties: object) => ({ type: "azure-native:hdinsight:Cluster", props: { properties } });
const brokers = (config: object) => kafka({ clusterDefinition: { configurations: { "kafka-broker": config } } });
const spark = (props: object) => ({ type: "databricks:index/cluster:Cluster", props });
const job = (newCluster: object) => ({ type: "databricks:index/job:Job", props: { jobClusters: [{ newCluster }] } });
const script = (stdin: string) => ({ type: "command:remote:Command", props: { stdin } });
const ranges =
  "name ranges of /8 or narrower, or one of the tags HDInsight, AzureDatabricks, AzureLoadBalancer, VirtualNetwork.";

type Resource = { type: string; props: object; protect?: boolean; ignoreChanges?: string[]; stack?: string };
type Row = [rule: string, resource: Resource, problems: string[], settings?: Record<string, unknown>];

const table: Row[] = [
  ["inbound-addresses", nsg({ sourceAddressPrefix: "*" }), [`Rule \`door\` lets \`*\` in: ${ranges}`]],
  ["inbound-addresses", nsg({ sourceAddressPrefix: "Internet" }), [`Rule \`door\` lets \`Internet\` in: ${ranges}`]],
  [
    "inbound-addresses",
    nsg({ sourceAddressPrefixes: ["10.0.0.0/8", "0.0.0.0/0", "128.0.0.0/1"] }),
    [`Rule \`door\` lets \`0.0.0.0/0\` in: ${ranges}`, `Rule \`door\` lets \`128.0.0.0/1\` in: ${ranges}`],
  ],
  [
    "inbound-addresses",
    {
      type: "azure-native:network/v20240101:SecurityRule",
      props: { ...nsg({}).props.securityRules[0], sourceAddressPrefix: "::/0" },
    },
    [`Rule \`door\` lets \`::/0\` in: ${ranges}`],
  ],
  ["inbound-addresses", nsg({ sourceAddressPrefix: "Sql" }), [`Rule \`door\` lets \`Sql\` in: ${ranges}`]],
  ["inbound-addresses", nsg({ sourceAddressPrefix: "Sql" }), [], { tags: ["Sql"] }],
  [
    "inbound-addresses",
    nsg({ sourceAddressPrefix: "HDInsight.WestEurope" }, { sourceAddressPrefix: "203.0.113.7" }),
    [],
  ],
  [
    "inbound-addresses",
    nsg({ sourceAddressPrefix: "*", access: "Deny" }, { sourceAddressPrefix: "*", direction: "Outbound" }),
    [],
  ],
  [
    "inbound-addresses",
    nsg({ sourceAddressPrefixes: ["203.0.113.7/32", "10.0.0.0/8", "10.0.0.0/7", "0.0.0.0", "255.255.255.255"] }),
    [`Rule \`door\` lets \`10.0.0.0/7\` in: ${ranges}`],
  ],
  // What is no range is not taken for a narrow one.
  ...["1.2.3", "0.0.0.0/", "/0", "0.0.0.0/0/32", "1.2.3.256", "203.0.113.7/24", ""].map(
    (source): Row => [
      "inbound-addresses",
      nsg({ sourceAddressPrefix: source }),
      [`Rule \`door\` lets \`${source}\` in: ${ranges}`],
    ],
  ),
  ["private-storage", account({}), []],
  ["private-storage", account({ allowBlobPublicAccess: true }), ["`allowBlobPublicAccess` is true: set it to false."]],
  [
    "private-storage",
    account({ allowBlobPublicAccess: undefined }),
    ["`allowBlobPublicAccess` is not set: set it to false."],
  ],
  [
    "private-storage",
    { type: "azure-native:storage:BlobContainer", props: { publicAccess: "Container" } },
    ["`publicAccess` is `Container`: leave it out, or set it to None."],
  ],
  ["tls", account({}), []],
  [
    "tls",
    account({ minimumTlsVersion: "TLS1_0", enableHttpsTrafficOnly: false }),
    ["`minimumTlsVersion` is TLS1_0: set it to TLS1_2.", "`enableHttpsTrafficOnly` is false: set it to true."],
  ],
  ["tls", kafka({}), ["`properties.minSupportedTlsVersion` is not set: set it to 1.2."]],
  ["tls", kafka({ minSupportedTlsVersion: "1.2" }), []],
  ["node-encryption", kafka({}), []],
  [
    "node-encryption",
    kafka({}),
    [
      "Nodes send in clear: set `streaming:kafkaEncryptionInTransit` to true.",
      "Temporary disks are in clear: set `streaming:kafkaEncryptionAtHost` to true.",
      "Data disks have Azure's key: set `streaming:kafkaDiskEncryptionKey` and its identity.",
    ],
    { inTransit: true, atHost: true, ownKey: true },
  ],
  [
    "node-encryption",
    kafka({
      encryptionInTransitProperties: { isEncryptionInTransitEnabled: true },
      diskEncryptionProperties: { encryptionAtHost: true, keyName: "kafka" },
    }),
    [],
    { inTransit: true, atHost: true, ownKey: true },
  ],
  [
    "tags",
    { type: "azure-native:resources:ResourceGroup", props: {} },
    ["There is no tag `project`: add it to `tags`.", "There is no tag `environment`: add it to `tags`."],
  ],
  // A cluster's tags change by a command, and the engine shows those of the first day.
  ["tags", { ...kafka({}), ignoreChanges: ["tags"] }, []],
  ["tags", kafka({}), ["There is no tag `owner`: add it to `tags`."], { names: ["owner"] }],
  ...(
    [
      ['{"owner":"me"}', []],
      ['{"project":"p"}', ["There is no tag `owner`: add it to `tags`."]],
    ] as const
  ).map(
    ([CLUSTER_TAGS, problems]): Row => [
      "tags",
      { type: "command:local:Command", props: { environment: { CLUSTER_TAGS } } },
      [...problems],
      { names: ["owner"] },
    ],
  ),
  ["tags", { type: "command:local:Command", props: { environment: { OTHER: "{}" } } }, []],
  ["tags", spark({ customTags: { project: "p" } }), ["There is no tag `environment`: add it to `customTags`."]],
  ["tags", spark({ customTags: { owner: "me" } }), [], { names: ["owner"] }],
  ...[
    "monitor:ActionGroup",
    "monitor:ScheduledQueryRule",
    "privatedns:PrivateZone",
    "privatedns:VirtualNetworkLink",
  ].map(
    (type): Row => [
      "tags",
      { type: `azure-native:${type}`, props: { tags: { project: "p" } } },
      ["There is no tag `environment`: add it to `tags`."],
    ],
  ),
  [
    "tags",
    { type: "azure-native:network/v20240101:PublicIPAddress", props: {} },
    ["There is no tag `owner`: add it to `tags`."],
    { names: ["owner"] },
  ],
  ["tags", { type: "azure-native:databricks:VNetPeering", props: {} }, []],
  ["tags", { type: "azure-native:authorization:RoleAssignment", props: {} }, []],
  [
    "tags",
    { type: "databricks:index/job:Job", props: { ...job({}).props, tasks: [{ newCluster: {} }, {}] } },
    [
      "There is no tag `owner`: add it to `jobClusters[0].newCluster.customTags`.",
      "There is no tag `owner`: add it to `tasks[0].newCluster.customTags`.",
    ],
    { names: ["owner"] },
  ],
  [
    "tags",
    { type: "databricks:index/job:Job", props: { ...job({}).props, tags: { owner: "me" } } },
    [],
    { names: ["owner"] },
  ],
  ["tags", job({ customTags: { owner: "me" } }), [], { names: ["owner"] }],
  [
    "tags",
    { type: "databricks:index/instancePool:InstancePool", props: {} },
    ["There is no tag `owner`: add it to `customTags`."],
    { names: ["owner"] },
  ],
  [
    "protected-data",
    { ...kafka({}), stack: "prod" },
    ["It is not protected, and stack prod is production: set `streaming:protect` to true."],
  ],
  ["protected-data", { ...kafka({}), stack: "prod", protect: true }, []],
  ["protected-data", { ...kafka({}), stack: "dev" }, []],
  [
    "protected-data",
    { ...kafka({}), stack: "live" },
    ["It is not protected, and stack live is production: set `streaming:protect` to true."],
    { stacks: ["live"] },
  ],
  [
    "auto-termination",
    spark({ autoterminationMinutes: 0 }),
    ["The cluster never ends by itself: set `streaming:sparkAutoterminationMinutes` to at most 120."],
  ],
  [
    "auto-termination",
    spark({ autoterminationMinutes: 121 }),
    ["The cluster ends after 121 minutes: set `streaming:sparkAutoterminationMinutes` to at most 120."],
  ],
  [
    "auto-termination",
    spark({}),
    ["The cluster ends after 60 minutes: set `streaming:sparkAutoterminationMinutes` to at most 30."],
    { maxMinutes: 30 },
  ],
  ["auto-termination", spark({ autoterminationMinutes: 120 }), []],
  [
    "supported-runtimes",
    spark({ sparkVersion: "13.3.x-scala2.12" }),
    ["`sparkVersion` is `13.3.x-scala2.12`: its support has ended; take 14.3 or later."],
  ],
  [
    "supported-runtimes",
    job({ sparkVersion: "5.2.x-scala2.11" }),
    ["`jobClusters[0].newCluster.sparkVersion` is `5.2.x-scala2.11`: its support has ended; take 14.3 or later."],
  ],
  ["supported-runtimes", job({ sparkVersion: "18.x-scala2.13" }), []],
  [
    "retired-sizes",
    kafka({
      computeProfile: {
        roles: [
          { name: "headnode", hardwareProfile: { vmSize: "Standard_E4ads_v5" } },
          { name: "workernode", hardwareProfile: { vmSize: "standard_d12_v2" } },
        ],
      },
    }),
    ["Role `workernode` has size standard_d12_v2, which is retired."],
  ],
  [
    "retired-sizes",
    kafka({ computeProfile: { roles: [{ name: "headnode", hardwareProfile: { vmSize: "Standard_A4_v2" } }] } }),
    [],
  ],
  ["replication", brokers({}), ["The brokers' `default.replication.factor` is 1: make it at least 2."]],
  [
    "replication",
    brokers({ "default.replication.factor": "3", "min.insync.replicas": "1" }),
    ["The brokers' `min.insync.replicas` is 1: make it at least 2."],
    { inSync: 2 },
  ],
  [
    "replication",
    script("check 'tweets' 4 1\nensure 'tweets' 4 1 'min.insync.replicas=1'\nensure 'counts' 4 3 \n"),
    [
      "The replication factor of topic `tweets` is 1: make it at least 2.",
      "`min.insync.replicas` of topic `tweets` is 1: make it at least 2.",
    ],
    { inSync: 2 },
  ],
  [
    "replication",
    script("ensure 'tweets' 4 3 'cleanup.policy=compact' 'min.insync.replicas=2'\n"),
    [],
    { replicas: 3, inSync: 2 },
  ],
];

function problemsOf(rule: Rule, resource: Resource, given?: Record<string, unknown>): string[] {
  const { type, props, protect = false, ignoreChanges, stack = "dev" } = resource;
  const urn = `urn:pulumi:${stack}::streaming::${type}::it`;
  return rule.check({ type, urn, props, protect, ignoreChanges }, settingsOf(rule, given));
}

describe("the policy pack's rules", () => {
  it.each(table)("%s says of %j: %j", (name, resource, problems, settings) => {
    const rule = rules.find((candidate) => candidate.name === name);
    if (!rule) throw new Error(`There is no rule \`${name}\`.`);
    expect(problemsOf(rule, resource, settings)).toEqual(problems);
  });

  it("are each shown a resource that breaks them, and one that keeps them", () => {
    const broken = table.filter(([, , problems]) => problems.length > 0).map(([name]) => name);
    const kept = table.filter(([, , problems]) => problems.length === 0).map(([name]) => name);
    for (const { name } of rules) {
      expect(broken).toContain(name);
      expect(kept).toContain(name);
    }
  });

  it("do not guess whether a resource takes tags that the SDK beside them does not have", () => {
    const rule = rules.find(({ name }) => name === "tags") as Rule;
    for (const type of ["azure-native:network:VirtualNetworkOfTomorrow", "azure-native:tomorrow:Thing"]) {
      expect(() => problemsOf(rule, { type, props: {} })).toThrow(
        `\`@pulumi/azure-native\` does not have \`${type}\`: install the version that the program has`,
      );
    }
  });

  it("have nothing to say of a resource that they do not know", () => {
    for (const rule of rules) expect(problemsOf(rule, { type: "aws:s3:Bucket", props: {} })).toEqual([]);
  });
});
