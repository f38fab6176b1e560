import { existsSync } from "node:fs";
import * as path from "node:path";
import { JsonStore } from "../cloud/store";
import type { ToolPaths } from "../paths";
import { loopbackNetworks } from "./loopback";
import { NamespaceFabric } from "./namespaces/fabric";
import { namespaceSupport } from "./namespaces/support";
import type { NetworkMode, Networks } from "./networks";

export type { NetworkMode } from "./networks";

/** `auto`: namespaces where this machine can have them. */
export const networkChoices = ["auto", "namespaces", "loopback"] as const;
export type NetworkChoice = (typeof networkChoices)[number];

export interface OpenNetworks {
  networks: Networks;
  /** Why there are no namespaces though nobody asked for loopback mode. */
  reason?: string;
}

/**
 * Opens the networks of a twin. The mode stays as long as there are clusters, whose addresses depend on it.
 * Throws when the choice cannot be had, with the reason.
 */
export async function openNetworks(home: string, tools: ToolPaths, choice: NetworkChoice): Promise<OpenNetworks> {
  const store = JsonStore.open<NetworkMode>(path.join(home, "network.json"));
  const made = hasClusters(home) ? (store.get("mode") ?? "loopback") : undefined;
  if (made && choice !== "auto" && choice !== made) {
    throw new Error(
      `The local environment runs its networks as \`${made}\`, and \`${choice}\` was asked for: the cluster's addresses ` +
        "depend on it. Run `npm stop` first, then start anew.",
    );
  }
  const wanted = made ?? choice;
  const support = wanted === "loopback" ? { reason: "" } : namespaceSupport(tools);
  if ("reason" in support) {
    if (wanted === "namespaces") throw new Error(`There can be no network namespaces: ${support.reason}.`);
    store.set("mode", "loopback");
    const reason = support.reason || undefined;
    return { networks: loopbackNetworks, reason };
  }
  store.set("mode", "namespaces");
  return { networks: await NamespaceFabric.open(networkFolder(home), support) };
}

/** Ends the namespaces that a killed supervisor left behind. */
export async function endLeftOverNetworks(home: string): Promise<void> {
  if (existsSync(networkFolder(home))) await NamespaceFabric.endLeftOver(networkFolder(home));
}

/** Where the namespaces are recorded, one folder each. */
export function networkFolder(home: string): string {
  return path.join(home, "network");
}

function hasClusters(home: string): boolean {
  return JsonStore.open(path.join(home, "clusters", "clusters.json")).values().length > 0;
}
