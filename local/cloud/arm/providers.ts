import { roleAssignment } from "./authorization";
import { workspacePeering } from "./databricks/peering";
import { workspace } from "./databricks/workspace";
import { cluster } from "./hdinsight/cluster";
import { clusterExtension } from "./hdinsight/extensions";
import { persistedScript, scriptExecution } from "./hdinsight/scriptActions";
import { userAssignedIdentity } from "./identity";
import type { Kind } from "./kind";
import { actionGroup } from "./monitor/actionGroups";
import { diagnosticSetting } from "./monitor/diagnosticSettings";
import { scheduledQueryRule } from "./monitor/queryRules";
import { logAnalyticsWorkspace } from "./monitor/workspaces";
import { natGateway, publicIpAddress } from "./network/gateways";
import { networkPeering } from "./network/peerings";
import { securityGroup, securityRule } from "./network/securityGroups";
import { subnet } from "./network/subnets";
import { virtualNetwork } from "./network/virtualNetworks";
import { addressRecord, privateZone, virtualNetworkLink } from "./privatedns";
import { resourceGroup } from "./resources";
import { blobContainer, blobService, storageAccount } from "./storage";

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
  storageAccount,
  blobService,
  blobContainer,
  cluster,
  clusterExtension,
  persistedScript,
  scriptExecution,
  workspace,
  workspacePeering,
  userAssignedIdentity,
  roleAssignment,
  privateZone,
  virtualNetworkLink,
  addressRecord,
  logAnalyticsWorkspace,
  diagnosticSetting,
  actionGroup,
  scheduledQueryRule,
];
