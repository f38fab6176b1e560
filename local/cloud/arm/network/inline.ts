import { randomUUID } from "node:crypto";
import { z } from "zod";
import { badRequest } from "../errors";
import { keyOf } from "../ids";
import { type Kind, type Properties, type Resource, type Stored, writable } from "../kind";
import type { World } from "../world";

/** A child given inside its parent: a subnet in a virtual network, a rule in a security group. */
export const inlineItem = z.looseObject({ name: z.string().min(1), properties: z.looseObject({}) });
export type InlineItem = z.infer<typeof inlineItem>;

/**
 * Plans what a parent's PUT does to the children in its body: those named are written, the others are removed (as ARM
 * does; refused if one is in use). Checks everything now; the returned function stores it.
 */
export function planChildren(
  world: World,
  parent: string,
  kind: Kind,
  items: readonly InlineItem[],
  propertiesOf: (item: InlineItem, id: string, existing: Stored | undefined) => Properties,
): () => void {
  const segment = kind.type.split("/").at(-1);
  const named = new Set<string>();
  const writes = items.map((item) => {
    const id = `${parent}/${segment}/${item.name}`;
    if (!kind.names.pattern.test(item.name)) {
      throw badRequest("InvalidResourceName", `Resource name \`${item.name}\` is invalid: ${kind.names.rule}.`);
    }
    if (named.has(keyOf(id))) {
      throw badRequest(
        "InvalidRequestContent",
        `\`${segment}\` has more than one item with the name \`${item.name}\`.`,
      );
    }
    named.add(keyOf(id));
    const existing = world.state.get(id);
    const given = { ...item, properties: writable(kind, item.properties) };
    const properties: Properties = { ...propertiesOf(given, id, existing), provisioningState: "Succeeded" };
    const resource: Resource = {
      id: existing?.resource.id ?? id,
      name: existing?.resource.name ?? item.name,
      type: kind.type,
      etag: `W/"${randomUUID()}"`,
      properties,
    };
    return { resource, internal: {} };
  });
  const leaving = world.state.children(parent, kind.type).filter(({ resource }) => !named.has(keyOf(resource.id)));
  for (const stored of leaving) kind.refuseRemoval?.(stored, world);

  return () => {
    for (const stored of leaving)
      for (const gone of world.state.remove(stored.resource.id)) kind.removed?.(gone, world);
    for (const stored of writes) world.state.put(stored);
  };
}

/** A resource's children as its GET embeds them. */
export function shownChildren(world: World, parent: string, type: string): Resource[] {
  return world.state.children(parent, type).map((stored) => world.show(stored));
}
