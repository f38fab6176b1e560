import { z } from "zod";
import { badRequest, conflict } from "../errors";
import { defineKind, type Kind, provisioningState, type Resource } from "../kind";
import { workspaceType } from "../monitor/workspaces";

/**
 * The Azure Monitor agent of a cluster: which workspace its nodes would send logs to. Nothing is sent. It is always
 * there, if only as switched off, and has neither id nor name.
 * Sources: extensions.json of 2024-08-01-preview in Azure/azure-rest-api-specs; what a GET says of one that is off:
 * https://learn.microsoft.com/powershell/module/az.hdinsight/get-azhdinsightmonitoring
 */
export const clusterExtension: Kind = defineKind({
  type: "Microsoft.HDInsight/clusters/extensions",
  apiVersions: ["2024-08-01-preview", "2025-01-15-preview"],
  schema: z.looseObject({
    workspaceId: z.guid("must be the id that a Log Analytics workspace shows as customerId"),
    primaryKey: z.string().min(1),
  }),
  names: {
    pattern: /^azureMonitorAgent$/i,
    rule: "it is azureMonitorAgent; the older clustermonitoring and azureMonitor no longer work",
  },
  location: "none",
  longRunning: { put: "location", delete: "location" },

  prepare({ id, body }, world) {
    const cluster = world.state.get(id.parent);
    if (!cluster || provisioningState(cluster) !== "Succeeded") {
      throw conflict("ClusterNotRunning", `HDInsight cluster '${cluster?.resource.name}' is not running.`);
    }
    const workspace = world.state
      .ofType(workspaceType)
      .find(({ resource }) => resource.properties.customerId === body.workspaceId);
    const keys = Object.values((workspace?.internal.keys ?? {}) as Record<string, string>);
    if (!workspace || !keys.includes(body.primaryKey)) {
      throw badRequest(
        "InvalidWorkspace",
        `There is no Log Analytics workspace whose id is '${body.workspaceId}' and whose key is the one given.`,
      );
    }
    return { properties: { workspaceId: body.workspaceId }, top: { primaryKey: undefined } };
  },

  show: ({ resource }) =>
    status(provisioningState({ resource, internal: {} }) === "Succeeded", resource.properties.workspaceId),
  absent: () => status(false, null),
});

function status(enabled: boolean, workspaceId: unknown): Resource {
  return { clusterMonitoringEnabled: enabled, workspaceId: enabled ? workspaceId : null } as unknown as Resource;
}
