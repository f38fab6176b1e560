import { isOperatorRange } from "../settings/addresses";
import { type Checked, type Rule, typeOf } from "./rule";

interface SecurityRule {
  name?: string;
  direction?: string;
  access?: string;
  sourceAddressPrefix?: string;
  sourceAddressPrefixes?: string[];
}

/** Azure's own senders: HDInsight's management, Databricks' control plane, probes, and networks that are peered. */
const tags = ["HDInsight", "AzureDatabricks", "AzureLoadBalancer", "VirtualNetwork"];

function isNarrow(source: string, more: string[]): boolean {
  // A tag may be narrowed to a region: HDInsight.WestEurope.
  if ([...tags, ...more].includes(source.split(".")[0])) return true;
  return isOperatorRange(source.includes("/") ? source : `${source}/32`);
}

function rulesOf(resource: Checked): SecurityRule[] {
  const type = typeOf(resource);
  if (type === "azure-native:network:SecurityRule") return [resource.props as SecurityRule];
  return type === "azure-native:network:NetworkSecurityGroup" ? (resource.props.securityRules ?? []) : [];
}

export const inboundAddresses: Rule = {
  name: "inbound-addresses",
  description: "Networks let in known addresses and Azure's own services only.",
  settings: {
    tags: { type: "array", items: { type: "string" }, default: [], description: "Further service tags to allow." },
  },
  check: (resource, settings) =>
    rulesOf(resource)
      .filter(({ direction, access }) => direction === "Inbound" && access === "Allow")
      .flatMap(({ name, sourceAddressPrefix, sourceAddressPrefixes }) =>
        [sourceAddressPrefix, ...(sourceAddressPrefixes ?? [])]
          .filter((source) => source !== undefined && !isNarrow(source, settings.tags))
          .map(
            (source) =>
              `Rule \`${name}\` lets \`${source}\` in: name ranges of /8 or narrower, or one of the tags ${tags.join(", ")}.`,
          ),
      ),
};

export const privateStorage: Rule = {
  name: "private-storage",
  description: "No blob can be read without a login.",
  check: (resource) => {
    const { allowBlobPublicAccess: open, publicAccess } = resource.props;
    switch (typeOf(resource)) {
      case "azure-native:storage:StorageAccount":
        return open === false ? [] : [`\`allowBlobPublicAccess\` is ${open ?? "not set"}: set it to false.`];
      case "azure-native:storage:BlobContainer":
        return [undefined, "None"].includes(publicAccess)
          ? []
          : [`\`publicAccess\` is \`${publicAccess}\`: leave it out, or set it to None.`];
      default:
        return [];
    }
  },
};
