import type { CheckedValues } from "../../settings/check";
import type { Arm, Login } from "./azure";
import { familyOf, kafkaCores, sparkCores } from "./cores";
import { type Finding, failed, note, ok, problem, unknown } from "./finding";

interface Usage {
  name?: { value?: string };
  currentValue?: number;
  limit?: number;
}

/**
 * Whether the region has room for a stack: HDInsight's own quota of cores, for Spark that of its VM family and that of all
 * families together, since a VM has to fit into both (learn.microsoft.com/azure/virtual-machines/quotas), and the cluster's
 * name, which is unique in all of Azure. A stack that is deployed already uses its part.
 *
 * @param values the stack's configuration, as far as it is good
 */
export async function stackQuotaFindings(
  { arm, subscription }: Login,
  stack: string,
  values: Partial<CheckedValues>,
): Promise<Finding[]> {
  const { location, kafkaClusterName, sparkNodeType } = values;
  if (!location || !kafkaClusterName) return [unknown("Quota", "needs a region and a cluster name first")];
  const region = location.toLowerCase().replaceAll(" ", "");
  const at = (provider: string, what: string) =>
    `/subscriptions/${subscription}/providers/Microsoft.${provider}/locations/${region}/${what}`;
  const deployed = await isDeployed(arm, subscription, stack, values);
  const family = sparkNodeType && familyOf(sparkNodeType);
  return [
    deployed ? ok("Cluster name", `${kafkaClusterName} is this stack's`) : await nameFinding(arm, at, kafkaClusterName),
    await usageFinding(arm, at("HDInsight", "usages"), "2021-06-01", {
      subject: "HDInsight's cores",
      isIt: (name) => name.toLowerCase() === "cores",
      need: deployed ? 0 : kafkaCores(values),
      region,
      raise: "https://learn.microsoft.com/azure/hdinsight/quota-increase-request",
    }),
    await usageFinding(arm, at("Compute", "usages"), "2024-07-01", {
      subject: `Cores of ${sparkNodeType}`,
      isIt: (name) => family !== undefined && name.toLowerCase() === family.toLowerCase(),
      need: deployed ? 0 : sparkCores(values),
      region,
      raise: "https://learn.microsoft.com/azure/quotas/per-vm-quota-requests",
    }),
    await usageFinding(arm, at("Compute", "usages"), "2024-07-01", {
      subject: "Cores of all VM families",
      // What the portal calls "Total Regional vCPUs".
      isIt: (name) => name.toLowerCase() === "cores",
      need: deployed ? 0 : sparkCores(values),
      region,
      raise: "https://learn.microsoft.com/azure/quotas/regional-quota-requests",
    }),
  ];
}

async function isDeployed(arm: Arm, subscription: string, stack: string, values: Partial<CheckedValues>) {
  const group = values.resourceGroupName ?? `rg-streaming-${stack.split("/").at(-1)}`;
  const id = `/subscriptions/${subscription}/resourceGroups/${group}/providers/Microsoft.HDInsight/clusters/${values.kafkaClusterName}`;
  try {
    await arm.get(id, "2021-06-01");
    return true;
  } catch {
    return false;
  }
}

async function nameFinding(arm: Arm, at: (provider: string, what: string) => string, name: string): Promise<Finding> {
  const subject = "Cluster name";
  try {
    const answer = await arm.post<{ nameAvailable?: boolean; message?: string }>(
      at("HDInsight", "checkNameAvailability"),
      "2021-06-01",
      { name, type: "clusters" },
    );
    if (answer.nameAvailable) return ok(subject, `${name} is free`);
    return problem(subject, `${name} is not free: ${answer.message ?? "Azure does not say why"}`, [
      "pulumi config set streaming:kafkaClusterName NAME",
    ]);
  } catch (error) {
    return failed(subject, error);
  }
}

async function usageFinding(
  arm: Arm,
  id: string,
  apiVersion: string,
  what: { subject: string; isIt(name: string): boolean; need: number | undefined; region: string; raise: string },
): Promise<Finding> {
  const { subject, need, region } = what;
  try {
    const { value } = await arm.get<{ value: Usage[] }>(id, apiVersion);
    const usage = value.find(({ name }) => what.isIt(name?.value ?? ""));
    if (usage?.limit === undefined || usage.currentValue === undefined || need === undefined) {
      return unknown(subject, `Azure names no such quota in ${region}`);
    }
    const free = usage.limit - usage.currentValue;
    const text = `${free} of ${usage.limit} are free in ${region}, ${need} are needed`;
    if (need === 0) return note(subject, `${free} of ${usage.limit} are free in ${region}; the stack has its own`);
    return free >= need ? ok(subject, text) : problem(subject, text, [what.raise]);
  } catch (error) {
    return failed(subject, error);
  }
}
