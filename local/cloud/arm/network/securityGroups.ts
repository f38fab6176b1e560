import { randomUUID } from "node:crypto";
import { z } from "zod";
import { refuseToBreakPolicy } from "../databricks/intentPolicy";
import { badRequest } from "../errors";
import { defineKind, type Kind, type Resource } from "../kind";
import { backReferences, networkNames, networkVersions, resourceGuid, subnetsWith } from "./common";
import { inlineItem, planChildren, shownChildren } from "./inline";

const ruleType = "Microsoft.Network/networkSecurityGroups/securityRules";

const ruleProperties = z.looseObject({
  protocol: z.enum(["*", "Tcp", "Udp", "Icmp", "Esp", "Ah"]),
  access: z.enum(["Allow", "Deny"]),
  direction: z.enum(["Inbound", "Outbound"]),
  priority: z.number().int(),
  description: z.string().max(140).optional(),
  sourcePortRange: z.string().optional(),
  sourcePortRanges: z.array(z.string()).optional(),
  destinationPortRange: z.string().optional(),
  destinationPortRanges: z.array(z.string()).optional(),
  sourceAddressPrefix: z.string().optional(),
  sourceAddressPrefixes: z.array(z.string()).optional(),
  destinationAddressPrefix: z.string().optional(),
  destinationAddressPrefixes: z.array(z.string()).optional(),
});
export type RuleProperties = z.infer<typeof ruleProperties>;

interface Sibling {
  name: string;
  properties: Pick<RuleProperties, "priority" | "direction">;
}

/** One rule: priority in range and unique for its direction, and all four of ports and prefixes given. */
function checkRule(name: string, id: string, rule: RuleProperties, siblings: readonly Sibling[]): RuleProperties {
  if (rule.priority < 100 || rule.priority > 4096) {
    throw badRequest(
      "SecurityRuleInvalidPriority",
      `Security rule ${id} has invalid priority \`${rule.priority}\`; it must be between 100 and 4096.`,
    );
  }
  const same = siblings.find(
    (other) =>
      other.name.toLowerCase() !== name.toLowerCase() &&
      other.properties.priority === rule.priority &&
      other.properties.direction === rule.direction,
  );
  if (same) {
    throw badRequest(
      "SecurityRuleConflict",
      `Security rule ${name} conflicts with rule ${same.name}. Rules cannot have the same Priority and Direction.`,
    );
  }
  for (const one of [
    "sourcePortRange",
    "destinationPortRange",
    "sourceAddressPrefix",
    "destinationAddressPrefix",
  ] as const) {
    const several = one.endsWith("Prefix")
      ? (`${one}es` as "sourceAddressPrefixes")
      : (`${one}s` as "sourcePortRanges");
    if (!rule[one] && !rule[several]?.length) {
      throw badRequest("SecurityRuleParameterMissing", `Security rule ${id} needs \`${one}\` or \`${several}\`.`);
    }
  }
  return {
    sourcePortRanges: [],
    destinationPortRanges: [],
    sourceAddressPrefixes: [],
    destinationAddressPrefixes: [],
    ...rule,
  };
}

export const securityRule: Kind = defineKind({
  type: ruleType,
  apiVersions: networkVersions,
  schema: z.looseObject({ properties: ruleProperties }),
  names: networkNames,
  location: "none",
  longRunning: { put: "azure-async", delete: "azure-async" },
  prepare({ id, body }, world) {
    const siblings = world.state.children(id.parent ?? "", ruleType).map(({ resource }) => resource);
    return { properties: checkRule(id.name, id.id, body.properties, siblings as unknown as Sibling[]) };
  },
  refuseRemoval: (stored, world) => refuseToBreakPolicy(world, stored),
});

/** Network security groups, their rules inline or as resources of their own, and the rules every group has. */
export const securityGroup: Kind = defineKind({
  type: "Microsoft.Network/networkSecurityGroups",
  apiVersions: networkVersions,
  schema: z.looseObject({
    properties: z
      .looseObject({ securityRules: z.array(inlineItem.extend({ properties: ruleProperties })).optional() })
      .optional(),
  }),
  names: networkNames,
  location: "region",
  longRunning: { put: "azure-async", delete: "azure-async" },
  readOnly: ["defaultSecurityRules", "subnets", "networkInterfaces", "flowLogs", "resourceGuid"],

  prepare({ id, body, existing }, world) {
    const { securityRules = [], ...properties } = body.properties ?? {};
    return {
      properties: { ...properties, resourceGuid: resourceGuid(existing, randomUUID()) },
      stored: planChildren(world, id.id, securityRule, securityRules, (item, ruleId) =>
        checkRule(item.name, ruleId, item.properties as RuleProperties, securityRules),
      ),
    };
  },

  show({ resource }, world): Resource {
    return {
      ...resource,
      properties: {
        ...resource.properties,
        securityRules: shownChildren(world, resource.id, ruleType),
        defaultSecurityRules: defaultRules(resource.id),
        ...backReferences("subnets", subnetsWith(world, "networkSecurityGroup", resource.id)),
      },
    };
  },

  refuseRemoval({ resource }, world) {
    const users = subnetsWith(world, "networkSecurityGroup", resource.id);
    if (users.length === 0) return;
    throw badRequest(
      "InUseNetworkSecurityGroupCannotBeDeleted",
      `Network security group ${resource.id} cannot be deleted because it is in use by the following resources: ` +
        `${users.map((user) => user.id).join(", ")}. In order to delete the Network security group, remove the ` +
        "association with the resource(s).",
    );
  },
});

function defaultRules(group: string): Resource[] {
  const rule = (
    name: string,
    direction: string,
    priority: number,
    access: string,
    from: string,
    to: string,
  ): Resource => ({
    id: `${group}/defaultSecurityRules/${name}`,
    name,
    type: "Microsoft.Network/networkSecurityGroups/defaultSecurityRules",
    properties: {
      provisioningState: "Succeeded",
      protocol: "*",
      access,
      direction,
      priority,
      sourcePortRange: "*",
      destinationPortRange: "*",
      sourceAddressPrefix: from,
      destinationAddressPrefix: to,
    },
  });
  return [
    rule("AllowVnetInBound", "Inbound", 65000, "Allow", "VirtualNetwork", "VirtualNetwork"),
    rule("AllowAzureLoadBalancerInBound", "Inbound", 65001, "Allow", "AzureLoadBalancer", "*"),
    rule("DenyAllInBound", "Inbound", 65500, "Deny", "*", "*"),
    rule("AllowVnetOutBound", "Outbound", 65000, "Allow", "VirtualNetwork", "VirtualNetwork"),
    rule("AllowInternetOutBound", "Outbound", 65001, "Allow", "*", "Internet"),
    rule("DenyAllOutBound", "Outbound", 65500, "Deny", "*", "*"),
  ];
}
