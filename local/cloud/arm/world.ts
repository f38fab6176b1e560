import type { Logger } from "../../log";
import type { Networks } from "../../network/networks";
import { HttpError } from "../http";
import { conflict } from "./errors";
import { groupId, sameId } from "./ids";
import { isBusy, type Kind, type Resource, type Stored } from "./kind";
import { networkPlan } from "./network/plan";
import type { Operations } from "./operations";
import type { Registry } from "./registry";
import type { DatabricksService, KafkaService } from "./services";
import type { ResourceState } from "./state";

export interface Credentials {
  tenantId: string;
  subscriptionId: string;
  clientId: string;
  clientSecret: string;
}

/** What resource kinds see of the twin. */
export class World {
  constructor(
    readonly state: ResourceState,
    readonly operations: Operations,
    readonly registry: Registry,
    readonly kafka: KafkaService,
    readonly databricks: DatabricksService,
    /** Who every request comes from: the twin has one service principal. */
    readonly principal: Credentials & { objectId: string },
    readonly log: Logger,
    private readonly networks: Pick<Networks, "mode" | "apply">,
  ) {}

  /** Makes the networks what the resources say. To be called after each change of what `networkPlan` reads. */
  async applyNetworks(): Promise<void> {
    if (this.networks.mode === "namespaces") await this.networks.apply(networkPlan(this));
  }

  kindOf(stored: Stored): Kind {
    return this.registry.find(stored.resource.type);
  }

  /** The resource as GET shows it. */
  show(stored: Stored): Resource {
    return this.kindOf(stored).show?.(stored, this) ?? stored.resource;
  }

  /** Whether something goes on with a resource, so that it takes no other change. */
  isBusy(stored: Stored): boolean {
    return isBusy(stored) || this.operations.unfinished().some(({ target }) => sameId(target, stored.resource.id));
  }

  /** Why a resource cannot go now, if something still needs it. */
  refusal(stored: Stored): HttpError | undefined {
    try {
      this.kindOf(stored).refuseRemoval?.(stored, this);
      return undefined;
    } catch (error) {
      if (error instanceof HttpError) return error;
      throw error;
    }
  }

  /** Ends what a resource runs, removes it with all below it, and lets others know. */
  async destroy(stored: Stored): Promise<void> {
    await this.kindOf(stored).deprovision?.(stored, this);
    for (const gone of this.state.remove(stored.resource.id)) this.kindOf(gone).removed?.(gone, this);
    await this.applyNetworks();
  }

  /**
   * Destroys all resources of a group, each once nothing needs it any more. Fails, like Azure, when some are left
   * that something outside the group needs.
   */
  async destroyAll(subscription: string, resourceGroup: string): Promise<void> {
    const group = groupId(subscription, resourceGroup);
    for (;;) {
      // Children first: a zone, for one, cannot go before its links.
      const left = this.state.below(group).sort((a, b) => b.resource.id.length - a.resource.id.length);
      const ready = left.filter((stored) => !this.refusal(stored));
      if (left.length === 0) return;
      if (ready.length === 0) {
        const [first] = left;
        const reason = first && this.refusal(first)?.message;
        throw conflict(
          "ResourceGroupDeletionBlocked",
          `Deletion of resource group '${resourceGroup}' failed as resources with identifiers ` +
            `'${left.map(({ resource }) => resource.id).join(", ")}' could not be deleted. ${reason}`,
        );
      }
      for (const stored of ready) if (this.state.get(stored.resource.id)) await this.destroy(stored);
    }
  }

  /** The resources directly in a group: no children, no group. */
  topLevel(group: string): Stored[] {
    return this.state.below(group).filter(({ resource }) => resource.type.split("/").length === 2);
  }

  /** Stored resources whose property at `path` names `id`. */
  referringTo(id: string, type: string, path: (properties: Resource["properties"]) => unknown): Stored[] {
    return this.state.ofType(type).filter(({ resource }) =>
      [path(resource.properties)].flat().some((reference) => {
        const target = (reference as { id?: unknown } | undefined)?.id;
        return typeof target === "string" && sameId(target, id);
      }),
    );
  }
}
