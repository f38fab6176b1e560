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

/** Long messages (the output of a failed command) are cut: gRPC sends them in headers, which have a limit. */
const LONGEST_MESSAGE = 8000;

/** The end of a long message: what went wrong is usually said last. */
export function shorten(message: string, longest = LONGEST_MESSAGE): string {
  if (message.length <= longest) return message;
  const head = Math.floor(longest / 8);
  return `${message.slice(0, head)}\n[... ${message.length - longest} characters left out ...]\n${message.slice(head - longest)}`;
}

/** The gRPC error that the engine shows as a failed operation. */
export function failed(message: string): Partial<grpc.ServiceError> {
  return { code: grpc.status.UNKNOWN, details: message };
}

/** The gRPC error that makes the engine keep a resource whose operation failed half-way. */
export function initFailed(id: string, state: Props, inputs: Props, message: string): Partial<grpc.ServiceError> {
  const detail = new proto.ErrorResourceInitFailed();
  detail.setId(id);
  detail.setProperties(encode(state));
  detail.setInputs(encode(inputs));
  detail.setReasonsList([message]);
  const any = new Any();
  any.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const status = new Status();
  status.setCode(grpc.status.UNKNOWN);
  status.setMessage(message);
  status.addDetails(any);
  const metadata = new grpc.Metadata();
  // Go's gRPC reads structured errors from this header; grpc-js has no other way to send them.
  metadata.add("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
  return { code: grpc.status.UNKNOWN, details: message, metadata };
}

/** The message of anything thrown, with what caused it when that says more. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause;
  return cause instanceof Error && !error.message.includes(cause.message)
    ? `${error.message}: ${messageOf(cause)}`
    : error.message;
}
