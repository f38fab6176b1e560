import type { FastifyRequest } from "fastify";
import { HttpError, pathOf, unsupported } from "../http";

/** 400: a field is missing or has a value that Databricks refuses. Also what it answers for an unknown cluster or job. */
export const invalidParameter = (message: string) => new HttpError(400, "INVALID_PARAMETER_VALUE", message);

/** 400: the request is right, but not in the state the object is in. */
export const invalidState = (message: string) => new HttpError(400, "INVALID_STATE", message);

/** 404: there is no object of that name. */
export const doesNotExist = (message: string) => new HttpError(404, "RESOURCE_DOES_NOT_EXIST", message);

/** 400: the name is taken. */
export const alreadyExists = (message: string) => new HttpError(400, "RESOURCE_ALREADY_EXISTS", message);

/** 400: a workspace holds no more objects of this kind. */
export const limitExceeded = (message: string) => new HttpError(400, "RESOURCE_LIMIT_EXCEEDED", message);

/** 400: Databricks can do it and the twin cannot. The message says what to do instead. */
export const notInTwin = (message: string) =>
  unsupported(
    new HttpError(400, "FEATURE_DISABLED", `${message} (this is the local twin, not Databricks)`),
    // The field that it begins with.
    /^`([^`]+)`/.exec(message)?.[1],
  );

/** Databricks's error body. Errors of the HTTP layer get the code Databricks has for them. */
export function errorBody(error: HttpError): { error_code: string; message: string } {
  return { error_code: databricksCode(error), message: error.message };
}

/** What an unknown call is answered with. */
export const endpointNotFound = (request: FastifyRequest) =>
  unsupported(new HttpError(404, "ENDPOINT_NOT_FOUND", `No API found for '${request.method} ${pathOf(request)}'`));

function databricksCode(error: HttpError): string {
  if (error.code === "InvalidRequestContent") return "MALFORMED_REQUEST";
  if (error.code === "InternalServerError") return "INTERNAL_ERROR";
  if (error.code.startsWith("FST_ERR_CTP_BODY_TOO_LARGE")) return "MAX_REQUEST_SIZE_EXCEEDED";
  if (error.code.startsWith("FST_")) return "BAD_REQUEST";
  return error.code;
}
