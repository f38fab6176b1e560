import { randomUUID } from "node:crypto";
import { badRequest } from "../errors";
import { sameId } from "../ids";
import type { Stored } from "../kind";
import type { RuleProperties } from "../network/securityGroups";
import type { World } from "../world";

const ruleType = "Microsoft.Network/networkSecurityGroups/securityRules";
const begin = "Microsoft.Databricks-workspaces_UseOnly_databricks-";

/**
 * Rules that Databricks writes into the security groups of an injected workspace's subnets, and holds there by a network
 * intent policy. Names and order as in templates that were exported after it, ports as the page has them now.
 * Sources: https://github.com/Azure/azure-quickstart-templates/pull/8931,
 * https://learn.microsoft.com/azure/databricks/security/network/classic/vnet-inject#network-security-group-rules
 */
const rules: Record<string, Omit<RuleProperties, "access">> = {
  "worker-to-worker-inbound": rule("Inbound", 100, "*", "*", "VirtualNetwork", "VirtualNetwork"),
  "control-plane-to-worker-ssh": rule("Inbound", 101, "Tcp", "22", "AzureDatabricks", "VirtualNetwork"),
  "control-plane-to-worker-proxy": rule("Inbound", 102, "Tcp", "5557", "AzureDatabricks", "VirtualNetwork"),
  "worker-to-databricks-webapp": {
    ...rule("Outbound", 100, "Tcp", "", "VirtualNetwork", "AzureDatabricks"),
    destinationPortRange: undefined,
    destinationPortRanges: ["443", "3306", "8443-8451"],
  },
  "worker-to-sql": rule("Outbound", 101, "Tcp", "3306", "VirtualNetwork", "Sql"),
  "worker-to-storage": rule("Outbound", 102, "Tcp", "443", "VirtualNetwork", "Storage"),
  "worker-to-worker-outbound": rule("Outbound", 103, "*", "*", "VirtualNetwork", "VirtualNetwork"),
  "worker-to-eventhub": rule("Outbound", 104, "Tcp", "9093", "VirtualNetwork", "EventHub"),
};

function rule(
  direction: RuleProperties["direction"],
  priority: number,
  protocol: RuleProperties["protocol"],
  destinationPortRange: string,
  sourceAddressPrefix: string,
  destinationAddressPrefix: string,
) {
  const ports = { sourcePortRange: "*", destinationPortRange };
  return { direction, priority, protocol, ...ports, sourceAddressPrefix, destinationAddressPrefix };
}

/** Writes what is missing of the rules into the security groups of a workspace's subnets; nothing without any. */
export function holdRules(world: World, workspace: Stored): void {
  for (const group of groupsOf(world, workspace)) {
    for (const [name, given] of Object.entries(heldRules(workspace))) {
      const id = `${group}/securityRules/${begin}${name}`;
      if (world.state.get(id)) continue;
      const properties = {
        ...{
          sourcePortRanges: [],
          destinationPortRanges: [],
          sourceAddressPrefixes: [],
          destinationAddressPrefixes: [],
        },
        ...{ ...given, access: "Allow", provisioningState: "Succeeded" },
      };
      const resource = { id, name: `${begin}${name}`, type: ruleType, etag: `W/"${randomUUID()}"`, properties };
      world.state.put({ resource, internal: {} });
    }
  }
}

/**
 * Refuses to take a rule away that a workspace holds. Once the workspace is gone, its rules stay, and can be taken.
 *
 * @throws HttpError as Azure answers
 */
export function refuseToBreakPolicy(world: World, { resource }: Stored): void {
  const group = resource.id.slice(0, resource.id.toLowerCase().lastIndexOf("/securityrules/"));
  const holder = world.state
    .ofType("Microsoft.Databricks/workspaces")
    .find(
      (workspace) =>
        resource.name.slice(begin.length) in heldRules(workspace) &&
        resource.name.startsWith(begin) &&
        groupsOf(world, workspace).some((id) => sameId(id, group)),
    );
  if (!holder) return;
  throw badRequest(
    "ConflictWithNetworkIntentPolicy",
    "Found conflicts with NetworkIntentPolicy. Details: Network Security Group cannot have resources which conflict with " +
      `its subnets' network intent policies. Network Security Group: ${group} has to keep the rule ${resource.name}, ` +
      `which workspace ${holder.resource.name} needs.`,
  );
}

/** Without public addresses nobody connects to the nodes; and the rules to Databricks can be left to private endpoints. */
function heldRules({ resource: { properties } }: Stored): typeof rules {
  const { parameters = {}, requiredNsgRules } = properties as {
    parameters?: { enableNoPublicIp?: { value?: boolean } };
    requiredNsgRules?: string;
  };
  const isHeld = (name: string) => {
    if (name.startsWith("worker-to-worker")) return true;
    if (requiredNsgRules === "NoAzureServiceRules") return false;
    if (requiredNsgRules === "NoAzureDatabricksRules" && /control-plane|webapp/.test(name)) return false;
    return !name.startsWith("control-plane") || parameters.enableNoPublicIp?.value !== true;
  };
  return Object.fromEntries(Object.entries(rules).filter(([name]) => isHeld(name)));
}

function groupsOf(world: World, { internal }: Stored): string[] {
  const subnets = Array.isArray(internal.subnets) ? (internal.subnets as string[]) : [];
  const groups = subnets.map((id) => {
    const { networkSecurityGroup } = world.state.get(id)?.resource.properties ?? {};
    return (networkSecurityGroup as { id?: string } | undefined)?.id;
  });
  return [...new Set(groups.filter((id) => id !== undefined))];
}
