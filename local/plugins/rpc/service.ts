import * as grpc from "@grpc/grpc-js";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import type { IResourceProviderServer } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { decode, encode } from "./codec";
import { compare } from "./diff";
import type { EngineLog } from "./engineLog";
import { failed, initFailed, messageOf, PartialFailure } from "./errors";
import { autonamingOf, checkResponse, diffResponse } from "./messages";
import type { Call, Existing, Provider } from "./provider";
import { annotate, plainProps, type Redact, redactor } from "./secrets";
import type { Props } from "./values";

type Handler<Request, Response> = (request: Request) => Promise<Response> | Response;

/**
 * The gRPC service of a provider plugin: `pulumirpc.ResourceProvider`. `@pulumi/pulumi/provider` has a server, too,
 * but it drops the configuration, the preview flag and the secret marks, and cannot answer with a detailed diff.
 */
export function service(provider: Provider, log: EngineLog, cancelled: AbortController): IResourceProviderServer {
  const call = (urn: string, timeoutSeconds: number, redact: Redact): Call => ({
    urn,
    type: typeOf(urn),
    name: urn.slice(urn.lastIndexOf("::") + 2),
    signal: timeoutSeconds > 0 ? withTimeout(cancelled.signal, timeoutSeconds) : cancelled.signal,
    log: log.forResource(urn, redact),
    redact,
  });

  /** Runs an operation on a resource that may fail half-way; `inputs` and `state` carry the secret marks. */
  const operate = async <T>(call: Call, inputs: Props, state: Props, run: () => Promise<T>): Promise<T> => {
    try {
      return await run();
    } catch (error) {
      if (error instanceof PartialFailure) {
        const marked = annotate(annotate(error.state, inputs), state);
        throw initFailed(error.id, marked, inputs, call.redact(explain(error.cause, call.signal)));
      }
      throw new Error(call.redact(explain(error, call.signal)));
    } finally {
      await log.flush();
    }
  };

  return {
    handshake: unary<proto.ProviderHandshakeRequest, proto.ProviderHandshakeResponse>((request) => {
      log.attach(request.getEngineAddress());
      const response = new proto.ProviderHandshakeResponse();
      response.setAcceptSecrets(true);
      response.setSupportsAutonamingConfiguration(true);
      return response;
    }),

    attach: unary((request) => {
      log.attach(request.getAddress());
      return new Empty();
    }),

    cancel: unary(() => {
      cancelled.abort(new Error("cancelled"));
      return new Empty();
    }),

    getPluginInfo: unary(() => {
      const info = new PluginInfo();
      info.setVersion(provider.version);
      return info;
    }),

    checkConfig: unary<proto.CheckRequest, proto.CheckResponse>((request) =>
      checkResponse(decode(request.getNews()), []),
    ),

    diffConfig: unary((request) => {
      const before = plainProps(decode(request.getOldInputs() ?? request.getOlds()));
      const after = plainProps(decode(request.getNews()));
      return diffResponse({ changes: compare(before, after, { ignore: request.getIgnorechangesList() }) });
    }),

    configure: unary<proto.ConfigureRequest, proto.ConfigureResponse>((request) => {
      provider.configure(plainProps(decode(request.getArgs())));
      const response = new proto.ConfigureResponse();
      response.setAcceptsecrets(true);
      response.setSupportspreview(true);
      response.setSupportsAutonamingConfiguration(true);
      return response;
    }),

    check: unary<proto.CheckRequest, proto.CheckResponse>(async (request) => {
      const news = decode(request.getNews());
      const olds = decode(request.getOlds());
      const redact = redactor(news, olds);
      const { inputs, failures } = await provider.resource(typeOf(request.getUrn())).check(
        {
          olds: plainProps(olds),
          news: plainProps(news),
          randomSeed: request.getRandomseed_asU8(),
          autonaming: autonamingOf(request),
        },
        call(request.getUrn(), 0, redact),
      );
      const masked = failures.map(({ property, reason }) => ({ property, reason: redact(reason) }));
      return checkResponse(annotate(inputs, news), masked);
    }),

    diff: unary<proto.DiffRequest, proto.DiffResponse>((request) => {
      const state = plainProps(decode(request.getOlds()));
      const diff = provider.resource(typeOf(request.getUrn())).diff({
        id: request.getId(),
        state,
        olds: request.hasOldInputs() ? plainProps(decode(request.getOldInputs())) : state,
        news: plainProps(decode(request.getNews())),
        ignoreChanges: request.getIgnorechangesList(),
      });
      return diffResponse(diff);
    }),

    create: unary<proto.CreateRequest, proto.CreateResponse>(async (request) => {
      const inputs = decode(request.getProperties());
      const resource = provider.resource(typeOf(request.getUrn()));
      const response = new proto.CreateResponse();
      if (request.getPreview()) {
        response.setProperties(encode(annotate(resource.preview(plainProps(inputs)), inputs)));
        return response;
      }
      const context = call(request.getUrn(), request.getTimeout(), redactor(inputs));
      const { id, state } = await operate(context, inputs, {}, () => resource.create(plainProps(inputs), context));
      response.setId(id);
      response.setProperties(encode(annotate(state, inputs)));
      return response;
    }),

    read: unary<proto.ReadRequest, proto.ReadResponse>(async (request) => {
      const state = decode(request.getProperties());
      const inputs = decode(request.getInputs());
      const context = call(request.getUrn(), request.getTimeout(), redactor(inputs, state));
      const resource = provider.resource(context.type);
      const found = await operate(context, inputs, state, () =>
        resource.read(existing(request.getId(), state, inputs), context),
      );
      const response = new proto.ReadResponse();
      if (!found) return response; // no id: the resource is gone
      response.setId(found.id);
      response.setProperties(encode(annotate(annotate(found.state, state), inputs)));
      response.setInputs(encode(annotate(annotate(found.inputs, inputs), state)));
      return response;
    }),

    update: unary<proto.UpdateRequest, proto.UpdateResponse>(async (request) => {
      const inputs = decode(request.getNews());
      const state = decode(request.getOlds());
      const olds = request.hasOldInputs() ? decode(request.getOldInputs()) : state;
      const resource = provider.resource(typeOf(request.getUrn()));
      const before = existing(request.getId(), state, olds);
      const response = new proto.UpdateResponse();
      if (request.getPreview()) {
        response.setProperties(encode(annotate(resource.preview(plainProps(inputs), before), inputs)));
        return response;
      }
      const context = call(request.getUrn(), request.getTimeout(), redactor(inputs, state));
      const after = await operate(context, inputs, {}, () => resource.update(plainProps(inputs), before, context));
      response.setProperties(encode(annotate(after, inputs)));
      return response;
    }),

    delete: unary<proto.DeleteRequest, Empty>(async (request) => {
      const state = decode(request.getProperties());
      const inputs = request.hasOldInputs() ? decode(request.getOldInputs()) : state;
      const context = call(request.getUrn(), request.getTimeout(), redactor(inputs, state));
      const resource = provider.resource(context.type);
      await operate(context, inputs, state, () => resource.delete(existing(request.getId(), state, inputs), context));
      return new Empty();
    }),

    invoke: unary<proto.InvokeRequest, proto.InvokeResponse>(async (request) => {
      const args = decode(request.getArgs());
      const redact = redactor(args);
      const context = call("", 0, redact);
      const result = await operate(context, {}, {}, () => provider.invoke(request.getTok(), plainProps(args), context));
      const response = new proto.InvokeResponse();
      response.setReturn(encode(result));
      return response;
    }),

    getSchema: unsupported("GetSchema: this bundled plugin has no schema; code generation needs the official plugin"),
    parameterize: unsupported("Parameterize"),
    construct: unsupported("Construct"),
    call: unsupported("Call"),
    getMapping: unsupported("GetMapping"),
    getMappings: unsupported("GetMappings"),
    list: (stream) => {
      stream.emit("error", { code: grpc.status.UNIMPLEMENTED, details: "List" });
    },
  };
}

function existing(id: string, state: Props, inputs: Props): Existing {
  return { id, state: plainProps(state), inputs: plainProps(inputs) };
}

/** The type token in a URN: `urn:pulumi:stack::project::parent$type::name`. */
export function typeOf(urn: string): string {
  const qualified = urn.split("::")[2] ?? "";
  return qualified.slice(qualified.lastIndexOf("$") + 1);
}

function withTimeout(signal: AbortSignal, seconds: number): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(seconds * 1000)]);
}

/** Messages of aborted work say only that it was aborted; say why instead. */
function explain(error: unknown, signal: AbortSignal): string {
  const message = messageOf(error);
  if (!signal.aborted) return message;
  const reason = signal.reason as Error;
  const why =
    reason.name === "TimeoutError" ? "operation timed out (see the resource option `customTimeouts`)" : reason.message;
  return message.includes(reason.message) || /abort/i.test(message) ? why : `${why}: ${message}`;
}

/** Turns a function into a gRPC handler. */
function unary<Request, Response>(handler: Handler<Request, Response>): grpc.handleUnaryCall<Request, Response> {
  return (call, callback) => {
    Promise.resolve()
      .then(() => handler(call.request))
      .then(
        (response) => callback(null, response),
        (error: unknown) => callback(isGrpcError(error) ? error : failed(messageOf(error))),
      );
  };
}

function isGrpcError(error: unknown): error is Partial<grpc.ServiceError> {
  return typeof error === "object" && error !== null && "code" in error && "details" in error;
}

/** Calls this plugin does not have. The engine knows the status and does without, or says what it needs. */
function unsupported<Request, Response>(what: string): grpc.handleUnaryCall<Request, Response> {
  return (_call, callback) => callback({ code: grpc.status.UNIMPLEMENTED, details: what });
}
