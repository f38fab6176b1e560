import { z } from "zod";
import { badRequest } from "../errors";
import type { Properties } from "../kind";

const string = z.looseObject({ value: z.string().min(1) }).optional();
const bool = z.looseObject({ value: z.boolean() }).optional();

/** `properties.parameters` of a workspace: each `{ value }`. */
export const parametersSchema = z.looseObject({
  enableNoPublicIp: bool,
  prepareEncryption: bool,
  requireInfrastructureEncryption: bool,
  vnetAddressPrefix: string,
  natGatewayName: string,
  publicIpName: string,
  storageAccountName: string,
  storageAccountSkuName: string,
  customVirtualNetworkId: string,
  customPublicSubnetName: string,
  customPrivateSubnetName: string,
});
export type Parameters = z.infer<typeof parametersSchema>;

/** Parameters as the service shows them: typed, and with those it filled in. */
export function shownParameters(given: Parameters, storageAccountName: string): Properties {
  const managed = given.customVirtualNetworkId ? {} : { vnetAddressPrefix: { value: "10.139" } };
  const all: Properties = {
    enableNoPublicIp: { value: true },
    prepareEncryption: { value: false },
    requireInfrastructureEncryption: { value: false },
    storageAccountSkuName: { value: "Standard_ZRS" },
    ...managed,
    ...given,
    storageAccountName: { value: storageAccountName },
  };
  return Object.fromEntries(
    Object.entries(all)
      .filter(([, parameter]) => parameter !== undefined)
      .map(([name, parameter]) => {
        const { value } = parameter as { value: unknown };
        return [name, { type: typeof value === "boolean" ? "Bool" : "String", value }];
      }),
  );
}

/** `10.139` means 10.139.0.0/16: the parameter is two octets, no CIDR. */
export function managedNetworkRange(parameters: Parameters): string {
  const octets = parameters.vnetAddressPrefix?.value ?? "10.139";
  const [first = 256, second = 256] = octets.split(".").map(Number);
  if (!/^\d{1,3}\.\d{1,3}$/.test(octets) || first > 255 || second > 255) {
    throw badRequest(
      "InvalidParameterValue",
      `The value '${octets}' of parameter 'vnetAddressPrefix' must be the first two octets of a /16, such as 10.139.`,
    );
  }
  return `${octets}.0.0/16`;
}
