import type { Grade } from "../../../tools/diff/model";
import type { ProjectCopy } from "./project";

export type Change = (project: ProjectCopy) => void;

/** A change that somebody makes in a pull request. */
export interface Scenario {
  name: string;
  grade: Grade;
  change: Change;
  /** What is deployed already beside what the project has. */
  deployed?: Change;
  /** Whether the project's policies are looked at. */
  hasPolicies?: true;
  /** Secrets that are in clear in a stack file, by mistake: no report repeats them. */
  inClear?: readonly string[];
}

const protectedStack: Change = (project) => project.set("streaming:protect: true");

const stack = "Pulumi.review.yaml";

const theirs = "/subscriptions/0a1b2c3d-0000-4000-8000-000000000000/resourceGroups/shared/providers";

const oldCanaries = ["first-signature", "first-arguments", "first-client-secret", "first-access-token"];
const newCanaries = oldCanaries.map((canary) => canary.replace("first", "second"));

export const scenarios: Scenario[] = [
  { name: "nothing", grade: "none", change: () => undefined },
  {
    name: "a refactoring without effect",
    grade: "none",
    change: (project) => {
      project.edit("index.ts", "const place = {", "const here = {");
      project.edit("index.ts", "...place", "...here");
    },
  },
  {
    // The machines of clusters carry tags too.
    name: "a tag more",
    grade: "disruptive",
    change: (project) => project.set("streaming:tags:", "  owner: data-team"),
  },
  {
    name: "a larger VM size",
    grade: "destructive",
    change: (project) =>
      project.edit(stack, "kafkaWorkerSize: Standard_E4ads_v5", "kafkaWorkerSize: Standard_E8ads_v5"),
  },
  {
    // The engine refuses it, in its preview already.
    name: "a larger VM size, protected",
    grade: "destructive",
    deployed: protectedStack,
    change: (project) =>
      project.edit(stack, "kafkaWorkerSize: Standard_E4ads_v5", "kafkaWorkerSize: Standard_E8ads_v5"),
  },
  {
    name: "a broker more",
    grade: "disruptive",
    change: (project) => project.edit(stack, "kafkaWorkers: 3", "kafkaWorkers: 4"),
  },
  {
    name: "a broker less",
    grade: "disruptive",
    change: (project) => {
      project.edit(stack, "kafkaWorkers: 3", "kafkaWorkers: 2");
      project.edit(stack, "replicationFactor: 3", "replicationFactor: 2");
    },
  },
  {
    name: "more partitions",
    grade: "low",
    change: (project) => project.edit(stack, "partitions: 4", "partitions: 8"),
  },
  {
    name: "fewer partitions",
    grade: "disruptive",
    change: (project) => project.edit(stack, "partitions: 4", "partitions: 2"),
  },
  {
    // The script refuses the one before it deletes the other.
    name: "fewer partitions and a topic deleted",
    grade: "destructive",
    change: (project) => {
      project.edit(stack, "partitions: 4", "partitions: 2");
      project.edit(stack, "      partitions: 6\n", "      partitions: 6\n      deleted: true\n");
    },
  },
  {
    name: "another replication factor",
    grade: "disruptive",
    change: (project) => project.edit(stack, "replicationFactor: 3", "replicationFactor: 2"),
  },
  {
    name: "a shorter retention",
    grade: "destructive",
    change: (project) => project.edit(stack, "retention.ms: 86400000", "retention.ms: 3600000"),
  },
  {
    name: "a topic more",
    grade: "low",
    change: (project) =>
      project.edit(
        stack,
        "  streaming:databricksUser",
        "    - name: replies\n      partitions: 2\n      replicationFactor: 3\n  streaming:databricksUser",
      ),
  },
  {
    name: "a topic renamed",
    grade: "disruptive",
    change: (project) => project.edit(stack, "name: tweets", "name: posts"),
  },
  {
    name: "a topic removed",
    grade: "low",
    change: (project) => project.edit(stack, / {4}- name: audit\n.*\n.*\n/, ""),
  },
  {
    name: "a topic deleted",
    grade: "destructive",
    change: (project) => project.edit(stack, "      partitions: 6\n", "      partitions: 6\n      deleted: true\n"),
  },
  {
    name: "a network of the workspace's own",
    grade: "destructive",
    change: (project) => project.set("streaming:databricksNetwork: injected"),
  },
  {
    name: "names in place of addresses",
    grade: "destructive",
    change: (project) => project.set("streaming:databricksNetwork: injected", "streaming:kafkaAdvertise: names"),
  },
  {
    // Stand-ins know no difference between versions; the report says so.
    name: "a provider of another version",
    grade: "low",
    change: (project) => project.upgrade("@pulumi/command", "1.2.1", "1.2.2"),
  },
  {
    name: "a notebook edited",
    grade: "disruptive",
    change: (project) => project.edit("notebooks/KafkaConsumer.scala", "everySeconds = 5)", "everySeconds = 10)"),
  },
  {
    name: "a library of another version",
    grade: "disruptive",
    change: (project) => project.edit("components/databricks/runtime.ts", "2.0.3", "2.0.2"),
  },
  {
    name: "a newer runtime",
    grade: "disruptive",
    change: (project) => project.edit(stack, "16.4.x-scala2.12", "17.3.x-scala2.13"),
  },
  {
    name: "more Spark workers",
    grade: "disruptive",
    change: (project) => project.edit(stack, "sparkWorkers: 1", "sparkWorkers: 3"),
  },
  {
    name: "no interactive cluster",
    grade: "disruptive",
    change: (project) => project.set('streaming:sparkInteractiveCluster: "false"'),
  },
  {
    // Azure refuses to move a subnet that is in use.
    name: "another address space",
    grade: "disruptive",
    change: (project) =>
      project.set("streaming:kafkaAddressSpace: 10.20.0.0/16", "streaming:kafkaSubnetPrefix: 10.20.0.0/24"),
  },
  {
    name: "another region",
    grade: "destructive",
    change: (project) => project.edit(stack, "westeurope", "northeurope"),
  },
  {
    name: "an operator more",
    grade: "low",
    change: (project) => project.edit(stack, "    - 203.0.113.7/32\n", "    - 203.0.113.7/32\n    - 198.51.100.0/24\n"),
  },
  {
    // Its storage account has a name that no other may have. An identity would be refused beside it or not, as the engine
    // comes to it in time.
    name: "a component renamed without an alias",
    grade: "destructive",
    deployed: (project) => project.set("streaming:kafkaStorageAccess: key"),
    change: (project) => project.edit("index.ts", 'KafkaCluster("kafka"', 'KafkaCluster("events"'),
  },
  {
    name: "a component renamed with an alias",
    grade: "none",
    change: (project) => {
      project.edit("index.ts", 'NetworkPeering(\n  "peering"', 'NetworkPeering(\n  "link"');
      project.edit(
        "index.ts",
        /\{ dependsOn: \[cluster\.resource,/,
        '{ aliases: [{ name: "peering" }], dependsOn: [cluster.resource,',
      );
    },
  },
  {
    name: "an output removed",
    grade: "disruptive",
    change: (project) => project.edit("index.ts", "export const zookeeperNodes = cluster.zookeeperNodes;\n", ""),
  },
  {
    name: "an output added",
    grade: "low",
    change: (project) =>
      project.edit(
        "index.ts",
        "export const peeringState",
        "export const region = location;\nexport const peeringState",
      ),
  },
  {
    name: "a secret rotated",
    grade: "low",
    change: (project) =>
      project.edit(stack, "Z2F0ZXdheVBhc3N3b3JkLWNpcGhlcnRleHQ=", "YW5vdGhlci1jaXBoZXJ0ZXh0LWFsdG9nZXRoZXI="),
  },
  {
    // The script is at an address that does not exist, and would fail the deployment if it were fetched. Beside it is what
    // somebody committed in clear, and corrected so.
    name: "a script action's secret arguments rotated",
    grade: "low",
    deployed: (project) =>
      project.set(
        "streaming:kafkaScriptActions:",
        "  - name: exporter",
        "    uri: https://scripts.invalid/exporter-3.sh",
        "    roles: [workernode]",
        "    parameters:",
        "      secure: v1:c2NyaXB0c2NyaXB0:cGFyYW1ldGVycy1jaXBoZXJ0ZXh0",
        "  - name: agent",
        `    uri: https://scripts.invalid/agent.sh?sv=2024&sig=${oldCanaries[0]}`,
        "    roles: [workernode]",
        `    parameters: --login ${oldCanaries[1]}`,
        `azure-native:clientSecret: ${oldCanaries[2]}`,
        `databricks:token: ${oldCanaries[3]}`,
      ),
    change: (project) => {
      project.edit(stack, "cGFyYW1ldGVycy1jaXBoZXJ0ZXh0", "b3RoZXItcGFyYW1ldGVycy1jaXBoZXI=");
      for (const [place, canary] of oldCanaries.entries()) project.edit(stack, canary, newCanaries[place] as string);
    },
    inClear: [...oldCanaries, ...newCanaries],
  },
  {
    name: "another SSH key",
    grade: "destructive",
    change: (project) => {
      project.edit(
        stack,
        "AAAAC3NzaC1lZDI1NTE5AAAAIAp2SezpYqXU91q1Ok78lGGTfGhIOm+Z8w1zJHeXy8mw",
        "AAAAC3NzaC1lZDI1NTE5AAAAINX9Fv3vWQ0kH3vZ5q0N0K7s0K2vJw0R4xVnq0m7Yb1c",
      );
      project.edit(stack, "c3NoUHJpdmF0ZUtleS1jaXBoZXJ0ZXh0", "YW5vdGhlci1wcml2YXRlLWtleQ==");
    },
  },
  {
    // What others keep for the stack is there: a group, an identity, a workspace for logs in another subscription.
    name: "what others keep for the stack",
    grade: "low",
    deployed: (project) =>
      project.set(
        "streaming:databricksGroup: data engineers",
        "streaming:databricksGroupAccess: view",
        "streaming:kafkaDiskEncryptionKey: https://my-vault.vault.azure.net/keys/kafka/0123456789abcdef0123456789abcdef",
        `streaming:kafkaDiskEncryptionIdentity: ${theirs}/Microsoft.ManagedIdentity/userAssignedIdentities/kafka-disks`,
        `streaming:logAnalytics: ${theirs}/Microsoft.OperationalInsights/workspaces/all-logs`,
        'streaming:logKafka: "true"',
      ),
    change: (project) => {
      project.edit(stack, "databricksGroup: data engineers", "databricksGroup: analysts");
      project.edit(stack, "workspaces/all-logs", "workspaces/new-logs");
    },
  },
  {
    name: "events from X",
    grade: "disruptive",
    change: (project) => project.set("streaming:source: twitter"),
  },
  {
    name: "a mistake in the configuration",
    grade: "destructive",
    change: (project) => project.edit(stack, "replicationFactor: 3", "replicationFactor: 5"),
  },
  {
    name: "an error in the program",
    grade: "destructive",
    change: (project) =>
      project.edit(
        "index.ts",
        "export const resourceGroupName",
        'throw new Error("not yet");\nexport const resourceGroupName',
      ),
  },
  { name: "protection switched on", grade: "low", change: protectedStack },
  {
    name: "protection switched off",
    grade: "low",
    deployed: protectedStack,
    change: (project) => project.edit(stack, "streaming:protect: true", 'streaming:protect: "false"'),
  },
  {
    name: "an idle cluster that lives too long for the policies",
    grade: "disruptive",
    change: (project) => project.set("streaming:sparkAutoterminationMinutes: 300"),
    hasPolicies: true,
  },
  {
    // Without the policies too: Azure does not move a subnet that is in use.
    name: "what the policies refuse, and Azure does too",
    grade: "disruptive",
    change: (project) =>
      project.set(
        "streaming:sparkAutoterminationMinutes: 300",
        "streaming:kafkaAddressSpace: 10.20.0.0/16",
        "streaming:kafkaSubnetPrefix: 10.20.0.0/24",
      ),
    hasPolicies: true,
  },
];
