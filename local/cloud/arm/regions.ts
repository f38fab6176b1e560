/** Azure's public regions, as `location` spells them. */
const regions = new Set(
  (
    "australiacentral australiacentral2 australiaeast australiasoutheast austriaeast belgiumcentral brazilsouth " +
    "brazilsoutheast canadacentral canadaeast centralindia centralus chilecentral eastasia eastus eastus2 " +
    "francecentral francesouth germanynorth germanywestcentral indonesiacentral israelcentral italynorth japaneast " +
    "japanwest jioindiacentral jioindiawest koreacentral koreasouth malaysiawest mexicocentral newzealandnorth " +
    "northcentralus northeurope norwayeast norwaywest polandcentral qatarcentral southafricanorth southafricawest " +
    "southcentralus southeastasia southindia spaincentral swedencentral switzerlandnorth switzerlandwest uaecentral " +
    "uaenorth uksouth ukwest westcentralus westeurope westindia westus westus2 westus3"
  ).split(" "),
);

/** `West Europe` and `westeurope` are the same place. */
export function normalizeRegion(location: string): string {
  return location.toLowerCase().replace(/\s/g, "");
}

export function isRegion(location: string): boolean {
  return regions.has(location);
}
