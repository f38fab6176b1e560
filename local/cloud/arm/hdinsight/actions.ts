import { z } from "zod";
import { anotherOperationInProgress, badRequest, conflict } from "../errors";
import { type Kind, type Properties, provisioningState, type Stored } from "../kind";
import { parseBody } from "../request";
import type { World } from "../world";
import { hasKey } from "./encryption";
import { type Addresses, nextAddresses } from "./placement";
import { gatewayProblems } from "./rules";
import { type DiskEncryption, diskKeySchema, gatewaySchema, type Role } from "./schema";
import { executeScriptActions, runOnNewWorkers } from "./scriptActions";

/** What a PUT cannot do to a live cluster. */
export const actions: NonNullable<Kind["actions"]> = {
  getGatewaySettings({ stored }) {
    const { username, password } = stored.internal.gateway as { username: string; password: string };
    return {
      body: {
        "restAuthCredential.isEnabled": "true",
        "restAuthCredential.username": username,
        "restAuthCredential.password": password,
      },
    };
  },

  updateGatewaySettings({ stored, body }, world) {
    const settings = parseBody(gatewaySchema, body);
    const [problem] = gatewayProblems(
      {
        "restAuthCredential.isEnabled": settings["restAuthCredential.isEnabled"],
        "restAuthCredential.username": settings["restAuthCredential.username"],
        "restAuthCredential.password": settings["restAuthCredential.password"],
      },
      (stored.internal.ssh as { username: string }).username,
    );
    if (problem) throw badRequest("InvalidDocumentErrorCode", problem);
    requireRunning(stored, world);
    const gateway = {
      username: settings["restAuthCredential.username"],
      password: settings["restAuthCredential.password"],
    };
    return {
      async work() {
        await world.kafka.setGateway(stored.resource.name, gateway);
        world.state.mergeInternal(stored.resource.id, { gateway });
      },
    };
  },

  "roles/workernode/resize"({ stored, body }, world) {
    const { targetInstanceCount } = parseBody(z.looseObject({ targetInstanceCount: z.number().int().min(1) }), body);
    requireRunning(stored, world);
    const { addresses } = stored.internal as { addresses: Addresses };
    const more = targetInstanceCount - addresses.workers.length;
    if (more < 0) {
      throw badRequest(
        "ScaleDownNotSupported",
        `A Kafka cluster cannot be scaled down, from ${addresses.workers.length} to ${targetInstanceCount} workers: its ` +
          "brokers keep data.",
      );
    }
    const subnet = world.state.get((stored.internal.subnets as string[])[0]);
    if (!subnet) throw conflict("SubnetNotFound", `The subnet of cluster '${stored.resource.name}' is gone.`);
    const added = nextAddresses(world, subnet, more);
    return {
      async work() {
        const { id, name } = stored.resource;
        const setWorkers = async (workers: string[]) => {
          world.state.mergeInternal(id, { addresses: { ...addresses, workers } });
          await world.applyNetworks();
        };
        // The hosts need their addresses first.
        await setWorkers([...addresses.workers, ...added]);
        try {
          if (more > 0) await world.kafka.addWorkers(name, added);
        } catch (error) {
          await setWorkers(addresses.workers);
          throw error;
        }
        world.state.merge(stored.resource.id, { computeProfile: withWorkers(stored, targetInstanceCount) });
        // A script that fails leaves the workers where they are.
        await runOnNewWorkers(world, stored.resource, added);
      },
    };
  },

  rotatediskencryptionkey({ stored, body }, world) {
    const { vaultUri, keyName, keyVersion } = parseBody(diskKeySchema, body);
    const before = (stored.resource.properties.diskEncryptionProperties ?? {}) as DiskEncryption;
    if (!hasKey(before)) {
      throw badRequest(
        "DiskEncryptionNotEnabled",
        `Cluster '${stored.resource.name}' was created without a key for its disks, and takes none later.`,
      );
    }
    requireRunning(stored, world);
    const diskEncryptionProperties = { ...before, vaultUri, keyName, keyVersion };
    return {
      async work() {
        world.state.merge(stored.resource.id, { diskEncryptionProperties });
      },
    };
  },

  executeScriptActions({ stored, body }, world) {
    const result = executeScriptActions(stored, body, world);
    requireRunning(stored, world);
    return result;
  },
};

function requireRunning(stored: Stored, world: World): void {
  if (world.isBusy(stored)) throw anotherOperationInProgress(stored.resource.id);
  if (world.kafka.get(stored.resource.name) && provisioningState(stored) === "Succeeded") return;
  throw conflict("ClusterNotRunning", `HDInsight cluster '${stored.resource.name}' is not running.`);
}

function withWorkers({ resource }: Stored, count: number): Properties {
  const profile = resource.properties.computeProfile as { roles: Role[] };
  const roles = profile.roles.map((one) => {
    return one.name.toLowerCase() === "workernode" ? { ...one, targetInstanceCount: count } : one;
  });
  return { ...profile, roles };
}
