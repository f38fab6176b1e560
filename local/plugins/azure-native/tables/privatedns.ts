import type { ResourceSpec } from "../spec";

const ZONE =
  "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Network/privateDnsZones/{privateZoneName}";
const API = "2024-06-01";
const envelope = ["id", "name", "type", "etag", "location", "tags", "systemData"];

export const privatednsTable: readonly ResourceSpec[] = [
  {
    token: "azure-native:privatedns:PrivateZone",
    path: ZONE,
    apiVersion: API,
    inputs: ["location", "tags"],
    outputs: [
      "etag",
      "internalId",
      "maxNumberOfRecordSets",
      "maxNumberOfVirtualNetworkLinks",
      "maxNumberOfVirtualNetworkLinksWithRegistration",
      "name",
      "numberOfRecordSets",
      "numberOfVirtualNetworkLinks",
      "numberOfVirtualNetworkLinksWithRegistration",
      "provisioningState",
      "systemData",
      "type",
    ],
    shape: { envelope },
  },
  {
    token: "azure-native:privatedns:VirtualNetworkLink",
    path: `${ZONE}/virtualNetworkLinks/{virtualNetworkLinkName}`,
    apiVersion: API,
    inputs: ["location", "registrationEnabled", "resolutionPolicy", "tags", "virtualNetwork"],
    outputs: ["etag", "name", "provisioningState", "systemData", "type", "virtualNetworkLinkState"],
    shape: { envelope },
  },
  {
    token: "azure-native:privatedns:PrivateRecordSet",
    path: `${ZONE}/{recordType}/{relativeRecordSetName}`,
    apiVersion: API,
    inputs: [
      "aRecords",
      "aaaaRecords",
      "cnameRecord",
      "metadata",
      "mxRecords",
      "ptrRecords",
      "soaRecord",
      "srvRecords",
      "ttl",
      "txtRecords",
    ],
    outputs: ["etag", "fqdn", "isAutoRegistered", "name", "systemData", "type"],
    shape: { envelope: ["id", "name", "type", "etag", "systemData"] },
  },
];
