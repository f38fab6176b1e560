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
  "databricks:Job": {
    replace: disruptive("Its history is lost, and its stream stands still for about 5 minutes."),
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
  replace: { grade: "disruptive", cost: "Until the new one is there, there is none." },
  delete: { grade: "disruptive" },
};

/** What a script of the program does when one of its variables changes, by the variable's name. */
const variables: Record<string, Effect> = {
  KAFKA_WORKERS: {
    grade: "low",
    cost: "New brokers hold no partitions until `npm run rebalance` gives them some.",
  },
  KAFKA_BROKER_NAMES: disruptive(
    "All brokers are restarted, and advertise other addresses: clients have to connect anew.",
  ),
  GATEWAY_USER: {
    grade: "low",
    cost: "The gateway's old login is refused at once: whoever opens Ambari needs the new one.",
  },
  GATEWAY_PASSWORD: {
    grade: "low",
    cost: "The gateway's old password is refused at once: whoever opens Ambari needs the new one.",
  },
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
  if (operation !== "update") return effect;
  if (type === "databricks:Job") return jobUpdate(properties, before);
  const isOnly = (pattern: RegExp) => properties.length > 0 && properties.every(({ path }) => pattern.test(path));
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
  const found = properties.flatMap(({ path }) => variables[path.replace(/^environment\./, "")] ?? []);
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
