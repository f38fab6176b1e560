import { JsonStore } from "../store";
import { keyOf } from "./ids";
import type { Properties, Stored } from "./kind";

/** Every resource of the twin's subscription, on disk before a change returns. */
export class ResourceState {
  private readonly store: JsonStore<Stored>;

  constructor(file: string) {
    this.store = JsonStore.open<Stored>(file);
  }

  get(id: string | undefined): Stored | undefined {
    return id === undefined ? undefined : this.store.get(keyOf(id));
  }

  put(stored: Stored): Stored {
    this.store.set(keyOf(stored.resource.id), stored);
    return stored;
  }

  /** Merges properties into a resource, if it is still there. */
  merge(id: string, properties: Properties, etag?: string): Stored | undefined {
    const stored = this.get(id);
    if (!stored) return undefined;
    const resource = { ...stored.resource, properties: { ...stored.resource.properties, ...properties } };
    if (etag !== undefined) resource.etag = etag;
    return this.put({ ...stored, resource });
  }

  /** Merges what GET never shows. */
  mergeInternal(id: string, internal: Properties): void {
    const stored = this.get(id);
    if (stored) this.put({ ...stored, internal: { ...stored.internal, ...internal } });
  }

  /** Removes a resource and all below it; returns what is gone, children first. */
  remove(id: string): Stored[] {
    const gone = this.below(id)
      .concat(this.get(id) ?? [])
      .sort((a, b) => b.resource.id.length - a.resource.id.length);
    this.store.delete(...gone.map((stored) => keyOf(stored.resource.id)));
    return gone;
  }

  all(): Stored[] {
    return this.store.values();
  }

  ofType(type: string): Stored[] {
    return this.store.values().filter((stored) => stored.resource.type.toLowerCase() === type.toLowerCase());
  }

  /** All resources whose id continues `id`: children, extension resources, everything in a resource group. */
  below(id: string): Stored[] {
    const prefix = `${keyOf(id)}/`;
    return this.store
      .entries()
      .filter(([key]) => key.startsWith(prefix))
      .map(([, stored]) => stored);
  }

  /** Direct children of one type, in the order they were made. */
  children(parent: string, type: string): Stored[] {
    const prefix = `${keyOf(parent)}/`;
    const depth = prefix.split("/").length + 1;
    return this.ofType(type).filter(({ resource }) => {
      const key = keyOf(resource.id);
      return key.startsWith(prefix) && key.split("/").length === depth;
    });
  }
}
