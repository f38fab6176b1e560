import type { DiffKind, EngineEvent, Step } from "./events";
import type { Effect, PropertyChange, ResourceChange } from "./model";
import { withoutNoise } from "./noise";
import { propertyChanges } from "./resources";
import { effectOf } from "./risk";
import { withoutSecrets } from "./secrets";
import { hasUnknown } from "./values";

/** Heading of a report of drift, and what it calls that which it looked at. A plain `up` reads no service, so it finds nothing to undo. */
export const wording = {
  subject: "What is not as the code says, and `pulumi up --refresh` would undo",
  base: "what is there",
};

/** What a look at the services found: of each resource that is not as the state says, what differs; nothing of one that is gone. */
export type Findings = Map<string, PropertyChange[] | "gone">;

/** What the refresh of a preview found, by URN: `before` is what is there, `after` what the state says. */
export function findings(events: readonly EngineEvent[]): Findings {
  const found: Findings = new Map();
  for (const { resOutputsEvent } of events) {
    if (resOutputsEvent?.metadata.op !== "refresh") continue;
    const { urn, old, new: there, detailedDiff } = resOutputsEvent.metadata;
    if (!old) continue;
    const kinds = Object.entries(detailedDiff ?? {}).map(([path, { diffKind, inputDiff }]) => [
      path,
      { kind: opposite[diffKind], inputDiff },
    ]);
    const step: Step = { op: "refresh", urn, newState: old, detailedDiff: Object.fromEntries(kinds) };
    if (!there) found.set(urn, "gone");
    else if (kinds.length > 0) found.set(urn, propertyChanges(withoutSecrets({ ...step, oldState: there }, [])));
  }
  return found;
}

/** The refresh tells what became of the state; the report, how that is undone. */
const opposite: Record<DiffKind, DiffKind> = {
  add: "delete",
  "add-replace": "delete-replace",
  delete: "add",
  "delete-replace": "add-replace",
  update: "update",
  "update-replace": "update-replace",
};

/** What is not as the code says, and what only waits for it. */
export interface Drift {
  changes: ResourceChange[];
  following: string[];
}

/**
 * Tells what somebody changed from what follows from it. Where a resource will be updated, the engine does not know what
 * its outputs will be, so that all that depends on them counts as changed, and is no news. Where the services are not
 * known for that reason, the engine cannot tell what differs either; the refresh can.
 */
export function drift(planned: readonly ResourceChange[], found: Findings): Drift {
  const changes: ResourceChange[] = [];
  const following: string[] = [];
  for (const change of planned) {
    const finding = found.get(change.urn);
    if (finding === "gone") {
      changes.push(gone(change, found));
      continue;
    }
    const known = change.properties.filter(({ after }) => !hasUnknown(after));
    const properties = known.length > 0 ? known : (finding ?? []);
    const [own] = properties.length > 0 ? withoutNoise([{ ...change, properties }]) : [];
    const isWhole = change.operation === "create" || change.operation === "delete";
    if (isWhole) changes.push(change);
    else if (own) changes.push({ ...own, ...effectOf(own) });
    else if (known.length === 0) following.push(change.name);
  }
  // What waits for noise alone waits for nothing.
  return { changes, following: changes.length > 0 ? following.sort() : [] };
}

function gone(change: ResourceChange, found: Findings): ResourceChange {
  const deleted = effectOf({ ...change, operation: "delete", properties: [] });
  const { grade, cost } = { ...deleted, ...absences[change.type] };
  const isHalf =
    isPeering(change.urn) && [...found].filter(([urn, what]) => isPeering(urn) && what === "gone").length === 1;
  const all = [cost, ...(isHalf ? [otherHalf] : [])].filter(Boolean).join(" ");
  return { ...change, isGone: true, grade, ...(all && { cost: all }) };
}

/** Whether it is a half of components/network/peering.ts. */
function isPeering(urn: string): boolean {
  return urn.includes("streaming:network:NetworkPeering$");
}

// One half that goes leaves the other `Disconnected`, and beside such a one Azure takes no new one. The jobs depend on both,
// so Pulumi would destroy them with a half that it destroys; they stay when it is Azure that deletes it.
const otherHalf =
  "Azure refuses half a peering beside one that was left alone, so delete the other half first, by " +
  "`az resource delete --ids ID` with the id that `pulumi stack --show-ids` tells of it. Then both are made anew, and the jobs stay.";

const peering = { cost: "Producer and consumer have no Kafka." };

/** What it means that a kind of resource is not there, where that is more, or told otherwise, than of one that is deleted. */
const absences: Record<string, Partial<Effect>> = {
  "azure-native:hdinsight:Cluster": { cost: "All topics are lost, and all events in them." },
  "azure-native:databricks:Workspace": { cost: "All that people made in it is lost." },
  "azure-native:databricks:VNetPeering": peering,
  "azure-native:network:VirtualNetworkPeering": peering,
  "azure-native:network:NatGateway": { cost: "The network has no way out." },
  "azure-native:authorization:RoleAssignment": {
    cost: "Who had the role cannot do what it allows, such as open the Kafka cluster's storage.",
  },
  "azure-native:managedidentity:UserAssignedIdentity": { cost: "The Kafka cluster cannot open its storage." },
  "databricks:Job": { cost: "Its stream stands still." },
  "databricks:Cluster": { cost: "What ran in notebooks on it is lost." },
  "databricks:Notebook": { grade: "disruptive", cost: "Its job fails when it starts the next time." },
  "databricks:Permissions": { cost: "Nobody has access but the owner and admins." },
};
