import { randomUUID } from "node:crypto";
import { badRequest, conflict } from "../errors";
import { parentOf, sameId } from "../ids";
import { defineKind, type Kind, type Properties, provisioningState, type Stored } from "../kind";
import { allocatePublicAddress, type Occupant } from "../network/plan";
import type { ClusterSpec, KafkaCluster } from "../services";
import type { World } from "../world";
import { actions } from "./actions";
import { checkEncryption } from "./encryption";
import { type Addresses, allocate, findSubnet } from "./placement";
import { checkDocument, role } from "./rules";
import { type ClusterBody, clusterSchema } from "./schema";
import { checkStorage } from "./storage";

const clusterType = "Microsoft.HDInsight/clusters";

/**
 * HDInsight clusters. PUT creates one and never changes it: on a live cluster it takes the tags and leaves the rest, as
 * Azure does. Workers and the gateway's password change by POST.
 */
export const cluster: Kind = defineKind({
  type: clusterType,
  apiVersions: ["2024-08-01-preview", "2025-01-15-preview", "2023-08-15-preview", "2023-04-15-preview", "2021-06-01"],
  schema: clusterSchema,
  names: {
    pattern: /^[a-zA-Z](?!.*--)[a-zA-Z0-9-]{1,57}[a-zA-Z0-9]$/,
    rule: "3 to 59 letters, digits and single `-`, starting with a letter and ending with a letter or digit",
  },
  location: "region",
  longRunning: { put: "azure-async", delete: "azure-async" },
  busyState: "InProgress",
  patchable: ["identity"],
  readOnly: ["clusterId", "clusterState", "createdDate", "connectivityEndpoints", "errors", "quotaInfo"],

  prepare({ id, body, location, existing }, world) {
    checkDocument(id.name, body);
    if (existing) {
      refuseFailed(existing);
      const { properties, identity } = existing.resource;
      return { properties, top: { identity }, provision: false };
    }
    refuseTakenName(world, id.id, id.name);
    const { roles } = body.properties.computeProfile;
    const subnet = findSubnet(world, id.id, location, roles);
    checkEncryption(world, body);
    const storeContainers = checkStorage(world, location, body);
    return {
      properties: visible(body),
      top: { identity: identityOf(world, body) },
      internal: {
        subnets: [subnet.resource.id],
        network: parentOf(subnet.resource.id),
        addresses: allocate(world, subnet, roles),
        publicAddress: allocatePublicAddress(world),
        ...credentialsOf(body),
        brokerConfig: body.properties.clusterDefinition.configurations["kafka-broker"] ?? {},
      },
      stored: storeContainers,
    };
  },

  async provision(stored, world) {
    const { name } = stored.resource;
    world.state.merge(stored.resource.id, { clusterState: "HdInsightConfiguration" });
    let made = world.kafka.get(name);
    if (!made) {
      // A twin that was killed meanwhile may have left a half-made cluster behind.
      await world.kafka.delete(name);
      made = await world.kafka.create(specOf(stored));
    }
    return { clusterState: "Running", connectivityEndpoints: endpoints(made) };
  },

  failed: (_stored, { code, message }) => ({ clusterState: "Error", errors: [{ code, message }] }),

  async deprovision({ resource }, world) {
    await world.kafka.delete(resource.name);
  },

  actions,
});

function specOf({ resource, internal }: Stored): ClusterSpec {
  const { workers, zookeepers, heads } = internal.addresses as Addresses;
  const { network, publicAddress } = internal as unknown as Occupant;
  const { gateway, ssh, brokerConfig } = internal as unknown as Pick<ClusterSpec, "gateway" | "ssh" | "brokerConfig">;
  return { name: resource.name, network, publicAddress, workers, zookeepers, heads, gateway, ssh, brokerConfig };
}

function credentialsOf(body: ClusterBody): Pick<ClusterSpec, "gateway" | "ssh"> {
  const gateway = body.properties.clusterDefinition.configurations.gateway ?? {};
  const head = role(body.properties.computeProfile.roles, "headnode");
  const login = head?.osProfile.linuxOperatingSystemProfile;
  return {
    gateway: {
      username: gateway["restAuthCredential.username"] ?? "",
      password: gateway["restAuthCredential.password"] ?? "",
    },
    ssh: {
      username: login?.username ?? "",
      publicKeys: login?.sshProfile?.publicKeys.map(({ certificateData }) => certificateData.trim()) ?? [],
      ...(login?.password && { password: login.password }),
    },
  };
}

/** The cluster's identities with the ids that they have in the directory, as HDInsight answers. */
function identityOf(world: World, { identity }: ClusterBody) {
  if (!identity?.userAssignedIdentities) return identity;
  const assigned = Object.keys(identity.userAssignedIdentities).map((id) => {
    const found = world.state.get(id)?.resource;
    if (found?.type !== "Microsoft.ManagedIdentity/userAssignedIdentities") {
      throw badRequest("FailedIdentityOperation", `The identity '${id}' of the cluster was not found.`);
    }
    const { principalId, clientId } = found.properties;
    return [id, { principalId, clientId }];
  });
  return { ...identity, userAssignedIdentities: Object.fromEntries(assigned) };
}

/** The properties as HDInsight shows them: no configurations, no keys, no passwords; sizes in lower case. */
function visible({ properties }: ClusterBody): Properties {
  const { kind, componentVersion } = properties.clusterDefinition;
  return {
    ...properties,
    // HDInsight answers with the full version of what it installed.
    clusterVersion: `${properties.clusterVersion}.1000.1`,
    clusterId: randomUUID(),
    clusterState: "Accepted",
    createdDate: new Date().toISOString().replace("Z", ""),
    clusterDefinition: { kind: kind.toUpperCase(), componentVersion: componentVersion ?? { Kafka: "3.2" } },
    computeProfile: {
      roles: properties.computeProfile.roles.map(({ scriptActions: _none, ...given }) => ({
        ...given,
        hardwareProfile: { ...given.hardwareProfile, vmSize: given.hardwareProfile.vmSize.toLowerCase() },
        osProfile: {
          linuxOperatingSystemProfile: { username: given.osProfile.linuxOperatingSystemProfile.username },
        },
        ...(given.dataDisksGroups && {
          dataDisksGroups: given.dataDisksGroups.map((disks) => ({
            ...disks,
            storageAccountType: "Standard_LRS",
            diskSizeGB: 1023,
          })),
        }),
      })),
    },
    storageProfile: {
      storageaccounts: properties.storageProfile.storageaccounts.map(({ key: _key, ...shown }) => shown),
    },
  };
}

function endpoints({ ssh, https }: KafkaCluster) {
  return [
    { name: "SSH", protocol: "TCP", location: ssh.host, port: ssh.port },
    { name: "HTTPS", protocol: "TCP", location: https.host, port: https.port },
  ];
}

function refuseFailed(existing: Stored): void {
  if (provisioningState(existing) !== "Failed") return;
  const { name } = existing.resource;
  throw conflict(
    "ClusterInErrorState",
    `HDInsight cluster '${name}' already exists and is in Error state. It cannot be updated: delete it, then create it again.`,
  );
}

/** NAME.azurehdinsight.net is one name space for all of Azure. */
function refuseTakenName(world: World, id: string, name: string): void {
  const taken = world.state.ofType(clusterType).some(({ resource }) => {
    return resource.name.toLowerCase() === name.toLowerCase() && !sameId(resource.id, id);
  });
  if (taken) throw conflict("DnsNameNotAvailable", `The DNS name '${name}.azurehdinsight.net' is already taken.`);
}
