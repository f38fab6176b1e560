import type { ResourceState } from "./events";
import { jobUpdate } from "./jobs";
import type { Effect, Grade, Operation, PropertyChange } from "./model";

type Change = { operation: Operation; type: string; properties: PropertyChange[] };

/** What an operation on a kind of resource costs, after "is changed." and the like. What is not here has `defaults`. */
const effects: Record<string, Partial<Record<Operation, Effect>>> = {
  "azure-native:resources:ResourceGroup": {
    replace: destructive("Everything in it is deleted."),
    delete: destructive("Everything in it is deleted."),
  },
  "azure-native:hdinsight:Cluster": {
    replace: destructive(
      "All topics and events in it are lost. The new Kafka cluster takes about 20 minutes, has other broker addresses, and starts empty.",
    ),
    delete: destructive("All topics and events in it are lost."),
    create: { grade: "low", cost: "A Kafka cluster takes about 20 minutes." },
  },
  "azure-native:storage:StorageAccount": {
    replace: destructive("The Kafka cluster's file system is lost."),
    delete: destructive("The Kafka cluster's file system is lost."),
  },
  "azure-native:storage:BlobContainer": {
    replace: destructive("The Kafka cluster's file system is lost."),
    delete: destructive("The Kafka cluster's file system is lost."),
  },
  "azure-native:databricks:Workspace": {
    replace: destructive(
      "Its jobs, their history and all that people made in it are lost. The new workspace has another address and takes about 5 minutes.",
    ),
    delete: destructive("Its jobs, their history and all that people made in it are lost."),
  },
  "azure-native:databricks:VNetPeering": cut(
    "Producer and consumer lose Kafka until the peering is back, for minutes.",
    "Producer and consumer lose Kafka, unless another peering takes its place.",
  ),
  "azure-native:network:VirtualNetworkPeering": cut(
    "Producer and consumer lose Kafka until the peering is back, for minutes.",
    "Producer and consumer lose Kafka, unless another peering takes its place.",
  ),
  "azure-native:network:NetworkSecurityGroup": {
    update: { grade: "low", cost: "Who may reach the network changes at once." },
    ...cut("Until the group is back, nobody reaches the network from outside.", "Its rules hold no longer."),
  },
  "azure-native:network:NatGateway": cut(
    "The network has no way out until the gateway is back.",
    "The network loses its way out, unless another gateway takes its place.",
  ),
  "azure-native:network:PublicIPAddress": {
    replace: disruptive(
      "The network reaches others from another address: who let in the old one has to let in the new one.",
    ),
    delete: disruptive("Who let the network in by this address knows it no longer."),
  },
  "azure-native:network:VirtualNetwork": {
    replace: disruptive("All that is in it is made anew, too."),
    delete: disruptive("Nothing that was in it is left."),
  },
  "azure-native:managedidentity:UserAssignedIdentity": {
    replace: disruptive("The Kafka cluster cannot open its storage until it has the new one, and that one its role."),
    delete: disruptive("A Kafka cluster that logs in as it cannot open its storage any longer."),
  },
  "azure-native:authorization:RoleAssignment": {
    replace: disruptive("Until it is there again, who has the role cannot do what it allows."),
    delete: disruptive("Who has the role cannot do any longer what it allows, such as open the cluster's storage."),
  },
  "azure-native:privatedns:PrivateRecordSet": {
    replace: disruptive("Until it is there again, clients find no broker by its name."),
    delete: disruptive("Clients find no broker by its name."),
  },
  "databricks:SecretScope": {
    replace: disruptive("Until its secrets are there again, a job that asks for one fails."),
    delete: disruptive("A job that asks for one of its secrets fails when it starts the next time."),
  },
  "databricks:Secret": {
    replace: { grade: "low", cost: "What has read it goes on with the old value until it starts anew." },
    delete: disruptive("A job that asks for it fails when it starts the next time."),
  },
  "databricks:Permissions": {
    replace: disruptive("Until they are set again, nobody has access but the owner and admins."),
    delete: disruptive("Nobody has access any longer but the owner and admins."),
  },
  "databricks:Job": {
    replace: disruptive(
      "Its history is lost, and its stream stands still until the new one runs, about 5 minutes after all that it needs is there.",
    ),
    delete: disruptive("Its stream stops, and its history is lost."),
  },
  "databricks:Cluster": {
    update: disruptive("The interactive cluster is restarted if it runs: what runs in notebooks on it is lost."),
    replace: disruptive("What runs in notebooks on the interactive cluster is lost."),
    delete: disruptive("What runs in notebooks on the interactive cluster is lost."),
  },
  "databricks:Notebook": { replace: { grade: "low" }, delete: { grade: "low" } },
  // Commands are run again; what they do is described where it shows.
  "command:local:Command": { replace: { grade: "low" }, delete: { grade: "low" } },
  "command:remote:Command": { replace: { grade: "low" }, delete: { grade: "low" } },
};

const defaults: Record<Operation, Effect> = {
  create: { grade: "low" },
  update: { grade: "low" },
  replace: { grade: "disruptive" },
  delete: { grade: "disruptive" },
};

const advertisesOthers = () =>
  disruptive("All brokers are restarted, and advertise other addresses: clients have to connect anew.");

/** What a script of the program does when one of its variables changes, by the variable's name. */
const variables: Record<string, (change: PropertyChange) => Effect> = {
  // Fewer are refused by components/kafka/live/apply.ts.
  KAFKA_WORKERS: ({ before, after }) =>
    Number(after) < Number(before)
      ? disruptive(
          "HDInsight takes no broker from a Kafka cluster, since brokers hold events: `pulumi up` refuses this and stops.",
        )
      : { grade: "low", cost: "New brokers hold no partitions until `npm run rebalance` gives them some." },
  KAFKA_BROKER_NAMES: advertisesOthers,
  KAFKA_ADVERTISE: advertisesOthers,
  GATEWAY_USER: () => ({
    grade: "low",
    cost: "The gateway's old login is refused at once: whoever opens Ambari needs the new one.",
  }),
  GATEWAY_PASSWORD: () => ({
    grade: "low",
    cost: "The gateway's old password is refused at once: whoever opens Ambari needs the new one.",
  }),
};

/**
 * How bad a change of a resource is, and what it costs.
 *
 * @param before the resource as it is deployed
 * @param after the resource as the program has it; nothing where it is deleted
 */
export function effectOf(
  change: Change,
  before?: Pick<ResourceState, "protect" | "inputs">,
  after?: Pick<ResourceState, "protect">,
): Effect {
  const { operation, type, properties } = change;
  const effect = effects[type]?.[operation] ?? defaults[operation];
  if (before?.protect && (operation === "delete" || (operation === "replace" && after?.protect))) {
    const cost = "It is protected: `pulumi up` refuses this.";
    return { grade: effect.grade, cost: [effect.cost, cost].filter(Boolean).join(" ") };
  }
  const isOnly = (pattern: RegExp) => properties.length > 0 && properties.every(({ path }) => pattern.test(path));
  // A command is run again, whether it is replaced or updated for that. Another cluster is the first of its triggers: what
  // its variables say is then of a cluster that has no clients yet.
  if (type === "command:local:Command" && operation === "replace" && isOnly(/^environment\b|^triggers\[1\]/)) {
    return variableEffect(properties) ?? effect;
  }
  if (operation !== "update") return effect;
  if (type === "databricks:Job") return jobUpdate(properties, before);
  // Labels stop and start nothing.
  if (isOnly(/^tags\b/)) return { grade: "low" };
  // Its provider resizes a cluster that runs, for this and nothing else.
  // Source: https://github.com/databricks/terraform-provider-databricks/blob/main/clusters/resource_cluster.go
  if (type === "databricks:Cluster" && isOnly(/^(?:numWorkers|autoscale\b.*)$/)) {
    return { grade: "low", cost: "The interactive cluster is resized while it runs: nothing on it is lost." };
  }
  return variableEffect(properties) ?? effect;
}

/** The worst that the changed variables of a script mean. */
function variableEffect(properties: PropertyChange[]): Effect | undefined {
  const found = properties.flatMap((change) => variables[change.path.replace(/^environment\./, "")]?.(change) ?? []);
  return found.find(({ grade }) => grade !== "low") ?? found[0];
}

function destructive(cost: string): Effect {
  return { grade: "destructive", cost };
}

function disruptive(cost: string): Effect {
  return { grade: "disruptive", cost };
}

function cut(replaced: string, deleted: string): Record<"replace" | "delete", Effect> {
  const grade: Grade = "disruptive";
  return { replace: { grade, cost: replaced }, delete: { grade, cost: deleted } };
}
