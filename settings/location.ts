import { closest, distance } from "fastest-levenshtein";
import { type Problem, show } from "./problems";

/**
 * Azure's public regions (`az account list-locations`). A region that is not among them is accepted all the same: Azure
 * opens new ones. They are here to tell a slip of the pen.
 */
const regions = [
  ...["australiacentral", "australiaeast", "australiasoutheast", "austriaeast", "belgiumcentral", "brazilsouth"],
  ...["canadacentral", "canadaeast", "centralindia", "centralus", "chilecentral", "eastasia", "eastus", "eastus2"],
  ...["francecentral", "germanywestcentral", "indonesiacentral", "israelcentral", "italynorth", "japaneast"],
  ...["japanwest", "jioindiawest", "koreacentral", "koreasouth", "malaysiawest", "mexicocentral", "newzealandnorth"],
  ...["northcentralus", "northeurope", "norwayeast", "polandcentral", "qatarcentral", "southafricanorth"],
  ...["southcentralus", "southeastasia", "southindia", "spaincentral", "swedencentral", "switzerlandnorth"],
  ...["switzerlandwest", "uaenorth", "uksouth", "ukwest", "westcentralus", "westeurope", "westindia", "westus"],
  ...["westus2", "westus3"],
];

/** What is wrong with `azure-native:location`: Azure would say so only after the login, in the first request. */
export function locationProblems(location: string | undefined): Problem[] {
  const nearest = location && closest(location, regions);
  if (location && /^[a-z][a-z0-9]+$/.test(location)) {
    if (!nearest || !isSlip(location, nearest)) return [];
    return [problem(location, `the name of an Azure region, perhaps ${nearest}`, nearest)];
  }
  return [problem(location, "the name of an Azure region, such as westeurope", "westeurope")];
}

/** One letter off. Regions of one name with another number are others, and so are east and west. */
function isSlip(location: string, known: string): boolean {
  const name = (region: string) => region.replace(/\d+$/, "");
  return distance(name(location), name(known)) === 1;
}

function problem(location: string | undefined, needs: string, good: string): Problem {
  return {
    key: "azure-native:location",
    got: show(location),
    needs,
    fix: [`pulumi config set azure-native:location ${good}`],
  };
}
