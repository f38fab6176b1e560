import type { ResourceState } from "./events";
import type { Effect, Grade, Operation, PropertyChange } from "./model";

type Change = { operation: Operation; type: string; properties: PropertyChange[] };

/** What an operation on a kind of resource costs. Kinds and operations that are not here have `defaults`. */
const effects: Record<string, Partial<Record<Operation, Effect>>> = {
  "azure-native:resources:ResourceGroup": {
    replace: destructive("The resource group and everything in it is deleted."),
    delete: destructive("The resource group and everything in it is deleted."),
  },
  "azure-native:hdinsight:Cluster": {
    replace: destructive(
      "The Kafka cluster is deleted, with all topics and events in it. The new one takes about 20 minutes, has other broker addresses, and starts empty.",
    ),
    delete: destructive("The Kafka cluster is deleted, with all topics and events in it."),
    create: { grade: "low", cost: "A Kafka cluster takes about 20 minutes." },
  },
  "azure-native:storage:StorageAccount": {
    replace: destructive("The cluster's file system is deleted."),
    delete: destructive("The cluster's file system is deleted."),
  },
  "azure-native:storage:BlobContainer": {
    replace: destructive("The cluster's file system is deleted."),
    delete: destructive("The cluster's file system is deleted."),
  },
  "azure-native:databricks:Workspace": {
    replace: destructive(
      "The workspace is deleted, with its jobs, their history and all that people made in it. The new one has another address and takes about 5 minutes.",
    ),
    delete: destructive("The workspace is deleted, with its jobs, their history and all that people made in it."),
  },
  "azure-native:databricks:VNetPeering": cut(
    "Producer and consumer lose Kafka until the peering is back, for minutes.",
  ),
  "azure-native:network:VirtualNetworkPeering": cut(
    "Producer and consumer lose Kafka until the peering is back, for minutes.",
  ),
  "azure-native:network:NetworkSecurityGroup": {
    update: { grade: "low", cost: "Who may reach the network changes at once." },
    ...cut("Until the group is back, nobody reaches the network from outside."),
  },
  "azure-native:network:NatGateway": cut("The network has no way out until the gateway is back."),
  "databricks:Job": {
    update: disruptive(
      "A running stream is started anew, on a new cluster: about 5 minutes without it. It goes on from its checkpoint.",
    ),
    replace: disruptive(
      "The job is deleted and made anew: its history is lost, and the stream stands still for about 5 minutes.",
    ),
    delete: disruptive("The job is stopped and deleted."),
  },
  "databricks:Cluster": {
    update: disruptive("The interactive cluster is started anew: what runs in notebooks on it is lost."),
    replace: disruptive("The interactive cluster is deleted and made anew: what runs in notebooks on it is lost."),
    delete: disruptive("The interactive cluster is deleted: what runs in notebooks on it is lost."),
  },
  "databricks:Notebook": { replace: { grade: "low" }, delete: { grade: "low" } },
  // Commands are run again; what they do is described where it shows.
  "command:local:Command": { replace: { grade: "low" }, delete: { grade: "low" } },
  "command:remote:Command": { replace: { grade: "low" }, delete: { grade: "low" } },
};

const defaults: Record<Operation, Effect> = {
  create: { grade: "low" },
  update: { grade: "low" },
  replace: { grade: "disruptive", cost: "It is deleted and made anew." },
  delete: { grade: "disruptive", cost: "It is deleted." },
};

/** How bad a change of a resource is, and what it costs. `before` is the resource as it is deployed. */
export function effectOf({ operation, type, properties }: Change, before?: Pick<ResourceState, "protect">): Effect {
  const effect = effects[type]?.[operation] ?? defaults[operation];
  if (before?.protect && (operation === "replace" || operation === "delete")) {
    const cost =
      "It is protected: `pulumi up` refuses this and stops, until `protect` is taken off in a deployment of its own.";
    return { grade: effect.grade, cost: [effect.cost, cost].filter(Boolean).join(" ") };
  }
  // Labels stop and start nothing, with one exception: a job's labels are how a new notebook text reaches it.
  const onlyTags = properties.length > 0 && properties.every(({ path }) => /^tags\b/.test(path));
  if (operation === "update" && onlyTags && type !== "databricks:Job") return { grade: "low" };
  // A checkpoint belongs to one Kafka cluster: with another one there is nothing to go on from.
  if (type === "databricks:Job" && properties.some(({ path }) => path.endsWith(".checkpoint"))) return newStream;
  return effect;
}

const newStream = disruptive(
  "The stream begins anew, with an empty checkpoint and output of its own. What the old one wrote stays.",
);

function destructive(cost: string): Effect {
  return { grade: "destructive", cost };
}

function disruptive(cost: string): Effect {
  return { grade: "disruptive", cost };
}

function cut(cost: string): Record<"replace" | "delete", Effect> {
  const grade: Grade = "disruptive";
  return { replace: { grade, cost }, delete: { grade, cost } };
}
