import * as grpc from "@grpc/grpc-js";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import { encode } from "./codec";
import type { Props } from "./values";

/**
 * The resource exists, but an operation on it failed: a cluster was made and a library could not be installed. The
 * engine keeps such a resource in the state and tries to complete it with the next update.
 */
export class PartialFailure extends Error {
  /**
   * @param id id of the resource that exists
   * @param state its outputs as far as they could be read
   * @param cause what went wrong
   */
  constructor(
    readonly id: string,
    readonly state: Props,
    override readonly cause: Error,
  ) {
    super(cause.message, { cause });
    this.name = "PartialFailure";
  }
}

/**
 * gRPC sends errors in HTTP headers, of which a whole answer may have 64 KB; a larger one is never answered. What goes
 * into them is cut to these lengths, in bytes: messages as they are escaped, and what describes a half-made resource.
 */
const LONGEST_MESSAGE = 16_000;
const LONGEST_DETAIL = 30_000;

/** The beginning and the end of a message that is too long: what went wrong is usually said last. */
export function shorten(message: string, longest = LONGEST_MESSAGE): string {
  const wellFormed = message.replace(loneSurrogate, "\uFFFD");
  const escaped = encodeURI(wellFormed).length;
  if (escaped <= longest) return wellFormed;
  const kept = Math.floor((wellFormed.length * longest) / escaped) - 100;
  const head = Math.floor(kept / 8);
  const left = wellFormed.length - kept;
  const short = `${wellFormed.slice(0, head)}\n[... ${left} characters left out ...]\n${wellFormed.slice(head - kept)}`;
  // The end may need more escaping than the rest.
  return shorten(short, longest);
}

/** Half a character, which cannot be escaped. */
const loneSurrogate = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g;

/** The gRPC error that the engine shows as a failed operation. */
export function failed(message: string): Partial<grpc.ServiceError> {
  return { code: grpc.status.UNKNOWN, details: shorten(message) };
}

/**
 * The gRPC error that makes the engine keep a resource whose operation failed half-way. Of a resource with too much to
 * tell only the id is kept: a refresh finds the rest.
 */
export function initFailed(id: string, state: Props, inputs: Props, message: string): Partial<grpc.ServiceError> {
  const short = shorten(message, LONGEST_MESSAGE / 2);
  const candidates = [initDetail(id, short, state, inputs), initDetail(id, short, state), initDetail(id, short, {})];
  const detail = candidates.find(({ length }) => length <= LONGEST_DETAIL) ?? candidates[2];
  const any = new Any();
  any.pack(detail, "pulumirpc.ErrorResourceInitFailed");
  const status = new Status();
  status.setCode(grpc.status.UNKNOWN);
  status.setMessage(short);
  status.addDetails(any);
  const metadata = new grpc.Metadata();
  // Go's gRPC reads structured errors from this header; grpc-js has no other way to send them.
  metadata.add("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
  return { code: grpc.status.UNKNOWN, details: short, metadata };
}

function initDetail(id: string, reason: string, state: Props, inputs?: Props): Uint8Array {
  const detail = new proto.ErrorResourceInitFailed();
  detail.setId(id);
  detail.setProperties(encode(state));
  if (inputs) detail.setInputs(encode(inputs));
  detail.setReasonsList([reason]);
  return detail.serializeBinary();
}

/** The message of anything thrown, with what caused it when that says more. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause;
  return cause instanceof Error && !error.message.includes(cause.message)
    ? `${error.message}: ${messageOf(cause)}`
    : error.message;
}
