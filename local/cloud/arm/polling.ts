import { HttpError } from "../http";
import type { Operation } from "./operations";
import type { ArmRequest, Reply } from "./request";
import type { World } from "./world";

/** How often clients should look. `Retry-After` knows whole seconds; Azure's SDKs read the finer header first. */
const retry = { "Retry-After": "1", "x-ms-retry-after-ms": "150" };

/** The headers that tell a client where to follow an operation. */
export function follow(
  operation: Operation,
  style: "azure-async" | "location",
  request: ArmRequest,
  location = "global",
): Record<string, string> {
  const subscription = operation.target.split("/")[2];
  const namespace = operation.type.split("/", 1)[0];
  const base =
    operation.type === "Microsoft.Resources/resourceGroups"
      ? `${request.baseUrl}/subscriptions/${subscription}`
      : `${request.baseUrl}/subscriptions/${subscription}/providers/${namespace}/locations/${location}`;
  const url = (collection: string) => `${base}/${collection}/${operation.id}?api-version=${request.apiVersion}`;
  // A PUT followed by Azure-AsyncOperation ends with a GET of the resource; only the others have a result to fetch.
  return {
    ...(style === "azure-async" && { "Azure-AsyncOperation": url("operationStatuses") }),
    ...((style === "location" || operation.verb !== "put") && { Location: url("operationResults") }),
    ...retry,
  };
}

/** GET of `Azure-AsyncOperation`: always 200, the state is in the body. */
export function operationStatus(world: World, id: string): Reply {
  const operation = find(world, id);
  const { status, error, startTime, endTime } = operation;
  return {
    status: 200,
    body: {
      id: operation.id,
      name: operation.id,
      status,
      startTime,
      ...(endTime && { endTime }),
      ...(error && { error }),
    },
    headers: status === "InProgress" ? retry : {},
  };
}

/** GET of `Location`: 202 while it goes on, then what the call itself would have answered. */
export function operationResult(world: World, id: string, request: ArmRequest): Reply {
  const operation = find(world, id);
  if (operation.status === "InProgress") {
    return { status: 202, headers: { ...retry, Location: `${request.baseUrl}${request.path}?${request.query}` } };
  }
  if (operation.status === "Failed") {
    const { code, message } = operation.error ?? { code: "OperationFailed", message: "The operation failed." };
    throw new HttpError(409, code, message);
  }
  const stored = operation.verb === "put" ? world.state.get(operation.target) : undefined;
  return stored ? { status: 200, body: world.show(stored) } : { status: operation.verb === "delete" ? 204 : 200 };
}

function find(world: World, id: string): Operation {
  const operation = world.operations.get(id);
  if (!operation) throw new HttpError(404, "OperationNotFound", `The operation '${id}' could not be found.`);
  return operation;
}
