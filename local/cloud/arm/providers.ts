import type { Kind } from "./kind";
import { natGateway, publicIpAddress } from "./network/gateways";
import { networkPeering } from "./network/peerings";
import { securityGroup, securityRule } from "./network/securityGroups";
import { subnet } from "./network/subnets";
import { virtualNetwork } from "./network/virtualNetworks";
import { resourceGroup } from "./resources";

/** Every resource type that the twin imitates. */
export const kinds: readonly Kind[] = [
  resourceGroup,
  securityGroup,
  securityRule,
  publicIpAddress,
  natGateway,
  virtualNetwork,
  subnet,
  networkPeering,
];
