import { randomUUID } from "node:crypto";
import { z } from "zod";
import { HttpError } from "../http";
import { checkAccess } from "./access";
import {
  anotherOperationInProgress,
  badRequest,
  conflict,
  locationRequired,
  notImitated,
  resourceNotFound,
} from "./errors";
import { keyOf, type ResourceId, sameId } from "./ids";
import { type Kind, type Properties, type Resource, type Stored, writable } from "./kind";
import { follow } from "./polling";
import { isRegion, normalizeRegion } from "./regions";
import { type ArmRequest, bodyOf, parseBody, type Reply } from "./request";
import type { World } from "./world";

/** What is the same for every resource type: PUT, PATCH, DELETE and POST, and the work that goes on after them. */

interface On {
  kind: Kind;
  id: ResourceId;
}

const envelope = z.looseObject({
  location: z.string().min(1).nullish(),
  tags: z.record(z.string().min(1).max(512), z.string().max(256)).nullish(),
});

/** Keys that the service decides, whatever a client sends. */
const readOnly = ["id", "name", "type", "etag", "location", "tags", "properties", "systemData"];

export async function put(world: World, { kind, id }: On, request: ArmRequest): Promise<Reply> {
  checkAccess(world, kind, id, "write");
  if (!kind.names.pattern.test(id.name)) {
    throw badRequest("InvalidResourceName", `Resource name \`${id.name}\` is invalid: ${kind.names.rule}.`);
  }
  const existing = world.state.get(id.id);
  checkPreconditions(request, existing);
  if (existing && world.isBusy(existing)) throw anotherOperationInProgress(id.id);

  const raw = writableBody(kind, bodyOf(request));
  const { tags, location: asked } = parseBody(envelope, raw);
  const location = placeOf(kind, id, asked ?? undefined, existing);
  const body = parseBody(kind.schema, raw);
  const draft = kind.prepare({ id, body, apiVersion: request.apiVersion, location, existing }, world);

  const takesTime = kind.longRunning?.put !== undefined && draft.provision !== false;
  const stored = world.state.put({
    resource: {
      ...without(raw, readOnly),
      ...draft.top,
      // The spelling of the first PUT stays, however later ones write the id.
      id: existing?.resource.id ?? id.id,
      name: existing?.resource.name ?? id.name,
      type: kind.type,
      ...(location !== undefined && { location }),
      ...(tags && { tags }),
      etag: newEtag(),
      properties: { ...draft.properties, provisioningState: takesTime ? (kind.busyState ?? "Updating") : "Succeeded" },
    },
    internal: { ...existing?.internal, ...draft.internal },
  });
  draft.stored?.();
  const status = existing ? 200 : 201;
  if (!takesTime) {
    await world.applyNetworks();
    return { status, body: world.show(stored) };
  }

  const answer = world.show(stored);
  const operation = world.operations.start("put", stored.resource.id, kind.type, ...putWork(world, kind, stored));
  const headers = follow(operation, kind.longRunning?.put ?? "azure-async", request, location);
  return kind.longRunning?.put === "location" ? { status: 202, headers } : { status, body: answer, headers };
}

/** PATCH: tags, and what the kind allows. A change of properties goes through the checks of a PUT. */
export async function patch(world: World, { kind, id }: On, request: ArmRequest): Promise<Reply> {
  checkAccess(world, kind, id, "write");
  const existing = world.state.get(id.id);
  if (!existing) throw resourceNotFound(id);
  checkPreconditions(request, existing);
  if (world.isBusy(existing)) throw anotherOperationInProgress(id.id);

  const raw = bodyOf(request);
  const allowed = ["tags", ...(kind.patchable ?? [])];
  const refused = Object.keys(raw).filter((key) => !allowed.includes(key));
  if (refused.length > 0) {
    throw badRequest(
      "InvalidRequestContent",
      `PATCH of ${kind.type} changes ${allowed.map((key) => `\`${key}\``).join(", ")} only, not ` +
        `${refused.map((key) => `\`${key}\``).join(", ")}.`,
    );
  }
  if ("properties" in raw || "sku" in raw) {
    const shown = world.show(existing);
    const properties = { ...shown.properties, ...(raw.properties as Properties | undefined) };
    return put(world, { kind, id }, { ...request, headers: {}, body: { ...shown, ...raw, properties } });
  }
  const { tags } = parseBody(envelope, raw);
  const resource: Resource = { ...existing.resource, ...raw, tags: tags ?? existing.resource.tags, etag: newEtag() };
  return { status: 200, body: world.show(world.state.put({ ...existing, resource })) };
}

export async function remove(world: World, { kind, id }: On, request: ArmRequest): Promise<Reply> {
  checkAccess(world, kind, id, "delete");
  const existing = world.state.get(id.id);
  if (!existing) return { status: 204 };
  checkPreconditions(request, existing);
  const style = kind.longRunning?.delete;
  const { location } = existing.resource;

  if (world.isBusy(existing)) {
    const under = world.operations.unfinished().find(({ target, verb }) => verb === "delete" && sameId(target, id.id));
    if (under && style) return { status: 202, headers: follow(under, style, request, location) };
    throw anotherOperationInProgress(id.id);
  }
  kind.refuseRemoval?.(existing, world);
  if (!style) {
    await world.destroy(existing);
    return { status: 200 };
  }
  const leaving = world.state.merge(id.id, { provisioningState: "Deleting" }) ?? existing;
  const operation = world.operations.start(
    "delete",
    existing.resource.id,
    kind.type,
    ...deleteWork(world, kind, leaving),
  );
  return { status: 202, headers: follow(operation, style, request, location) };
}

export function act(world: World, { kind, id }: On, action: string, request: ArmRequest): Reply {
  const known = Object.entries(kind.actions ?? {}).find(([name]) => name.toLowerCase() === action.toLowerCase());
  if (!known) {
    const actions = Object.keys(kind.actions ?? {});
    throw notImitated(
      `POST ${action} on ${kind.type}`,
      actions.length > 0 ? `It knows ${actions.map((name) => `\`${name}\``).join(", ")}.` : "",
    );
  }
  checkAccess(world, kind, id, `${known[0]}/action`);
  const stored = world.state.get(id.id);
  if (!stored) throw resourceNotFound(id);
  const body = request.body === undefined || request.body === null ? {} : bodyOf(request);
  const result = known[1]({ stored, body, action: known[0] }, world);
  if ("body" in result) return { status: 200, body: result.body };
  const operation = world.operations.start(known[0], stored.resource.id, kind.type, result.work, () => undefined);
  return { status: 202, headers: follow(operation, "azure-async", request, stored.resource.location) };
}

/** Takes up what a killed twin left half-done. Actions are not repeated: their clients are told to. */
export function resume(world: World): void {
  for (const operation of world.operations.unfinished()) {
    const stored = world.state.get(operation.target);
    const kind = world.registry.find(operation.type);
    if (operation.verb === "put" && stored) world.operations.run(operation, ...putWork(world, kind, stored));
    else if (operation.verb === "delete" && stored) world.operations.run(operation, ...deleteWork(world, kind, stored));
    else if (operation.verb === "delete") world.operations.run(operation, ...gone);
    else {
      const interrupted = conflict("OperationInterrupted", "The twin was restarted during this operation; repeat it.");
      world.operations.run(
        operation,
        () => Promise.reject(interrupted),
        () => undefined,
      );
    }
  }
}

type Work = [() => Promise<void>, (error: HttpError) => void];

const gone: Work = [() => Promise.resolve(), () => undefined];

function putWork(world: World, kind: Kind, stored: Stored): Work {
  const { id } = stored.resource;
  return [
    async () => {
      const current = world.state.get(id);
      if (!current) return;
      // What is to run somewhere needs its network first; what was made, or a peering's other half, may change it.
      await world.applyNetworks();
      const made = await kind.provision?.(current, world);
      world.state.merge(id, { ...made, provisioningState: "Succeeded" }, newEtag());
      await world.applyNetworks();
    },
    (error) => world.state.merge(id, { provisioningState: "Failed", ...kind.failed?.(stored, error) }),
  ];
}

function deleteWork(world: World, kind: Kind, stored: Stored): Work {
  const { id } = stored.resource;
  return [
    async () => {
      const current = world.state.get(id);
      if (current) await world.destroy(current);
    },
    (error) => world.state.merge(id, { provisioningState: "Failed", ...kind.failed?.(stored, error) }),
  ];
}

/** The location a resource gets: its own, normalised, or none. It can never change. */
function placeOf(kind: Kind, id: ResourceId, asked: string | undefined, existing: Stored | undefined) {
  if (kind.location === "none") return undefined;
  if (asked === undefined) throw locationRequired();
  const location = normalizeRegion(asked);
  if (kind.location === "global" ? location !== "global" : !isRegion(location)) {
    throw badRequest(
      "LocationNotAvailableForResourceType",
      `The provided location '${asked}' is not available for resource type '${kind.type}'` +
        `${kind.location === "global" ? "; it must be 'global'" : ""}.`,
    );
  }
  if (existing && existing.resource.location !== location) {
    throw conflict(
      "InvalidResourceLocation",
      `The resource '${id.name}' already exists in location '${existing.resource.location}' in resource group ` +
        `'${id.resourceGroup ?? id.name}'. A resource with the same name cannot be created in location '${location}'. ` +
        "Please select a new resource name.",
    );
  }
  return location;
}

function checkPreconditions(request: ArmRequest, existing: Stored | undefined): void {
  const wanted = request.headers["if-match"];
  const unwanted = request.headers["if-none-match"];
  const met =
    (wanted === undefined || (existing && (wanted === "*" || wanted === existing.resource.etag))) &&
    (unwanted !== "*" || !existing);
  if (!met) {
    throw new HttpError(
      412,
      "PreconditionFailed",
      `The etag of ${keyOf(request.path)} does not meet the precondition.`,
    );
  }
}

function writableBody(kind: Kind, body: Properties): Properties {
  const { properties } = body;
  if (typeof properties !== "object" || properties === null) return without(body, ["properties"]);
  return { ...body, properties: writable(kind, properties as Properties) };
}

function newEtag(): string {
  return `W/"${randomUUID()}"`;
}

function without(body: Properties, keys: readonly string[]): Properties {
  return Object.fromEntries(Object.entries(body).filter(([key]) => !keys.includes(key)));
}
