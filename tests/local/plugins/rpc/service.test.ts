import { credentials, Server, ServerCredentials, type ServiceError } from "@grpc/grpc-js";
import { ResourceProviderClient, ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import fc from "fast-check";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { decode, encode } from "../../../../local/plugins/rpc/codec";
import { EngineLog } from "../../../../local/plugins/rpc/engineLog";
import { PartialFailure, shorten } from "../../../../local/plugins/rpc/errors";
import { uniqueName, uniqueUuid } from "../../../../local/plugins/rpc/names";
import type { Provider, Resource } from "../../../../local/plugins/rpc/provider";
import { engineAddress } from "../../../../local/plugins/rpc/serve";
import { service, typeOf } from "../../../../local/plugins/rpc/service";
import { Secret, UNKNOWN } from "../../../../local/plugins/rpc/values";

describe("the plugin process", () => {
  it.each([
    [["127.0.0.1:1234"], "127.0.0.1:1234"],
    [["--logtostderr", "-v=9", "127.0.0.1:1234"], "127.0.0.1:1234"],
    [["--tracing", "http://tracer", "127.0.0.1:1234"], "127.0.0.1:1234"],
    [[], undefined],
  ])("finds the engine's address in %j", (args, address) => {
    expect(engineAddress(args)).toBe(address);
  });
});

describe("a URN", () => {
  it("holds the type, after those of the parents", () => {
    expect(typeOf("urn:pulumi:dev::p::streaming:kafka:Cluster$azure-native:network:VirtualNetwork::vnet")).toBe(
      "azure-native:network:VirtualNetwork",
    );
  });
});

describe("automatic names", () => {
  it("are the same for the same seed, so that an update uses the name its preview showed", () => {
    const seed = new Uint8Array([1, 2, 3]);
    expect(uniqueName("vnet", 8, seed)).toBe(uniqueName("vnet", 8, seed));
    expect(uniqueName("vnet", 8, seed)).toMatch(/^vnet[0-9a-f]{8}$/);
    expect(uniqueName("vnet", 8)).not.toBe(uniqueName("vnet", 8));
  });

  it("may be UUIDs", () => {
    expect(uniqueUuid(new Uint8Array([1]))).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
  });
});

describe("long messages", () => {
  it("keep their beginning and most of their end", () => {
    const message = `start${"x".repeat(50_000)}the reason`;
    const short = shorten(message);
    expect(short.length).toBeLessThan(16_000);
    expect(short).toMatch(/^start[\s\S]*left out[\s\S]*the reason$/);
  });

  it("fit into a header whatever is in them", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 300 }), fc.integer({ min: 1, max: 300 }), (text, times) => {
        const short = shorten(text.repeat(times), 2000);
        expect(encodeURI(short).length).toBeLessThanOrEqual(2000);
        expect(encodeURI(shorten("a\uD83D")).length).toBeGreaterThan(0);
      }),
    );
  });
});

describe("the gRPC service", () => {
  const server = new Server();
  let client: ResourceProviderClient;
  let failure: Error = new Error("not set");
  const seen: string[] = [];
  const resource: Resource = {
    check: ({ news }) => ({
      inputs: { ...news, filled: true },
      failures: [{ property: "p", reason: `bad ${news.password}` }],
    }),
    diff: ({ olds, news }) => ({
      changes: [{ path: ["a", 0, "b.c"], kind: "update", replace: olds.x !== news.x }],
      deleteBeforeReplace: true,
    }),
    preview: (inputs) => ({ ...inputs, made: UNKNOWN }),
    create: async (inputs) => {
      seen.push(`create ${String(inputs.password)}`);
      if (failure.message !== "not set") throw failure;
      return { id: "the-id", state: { ...inputs, made: "m" } };
    },
    read: async () => undefined,
    update: async (inputs) => inputs,
    delete: async () => {},
  };
  const provider: Provider = {
    name: "fake",
    version: "1.2.3",
    configure: () => {},
    resource: () => resource,
    invoke: async () => ({}),
  };

  beforeAll(async () => {
    server.addService(ResourceProviderService, service(provider, new EngineLog(undefined), new AbortController()));
    const port = await new Promise<number>((resolve, reject) => {
      server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      );
    });
    client = new ResourceProviderClient(`127.0.0.1:${port}`, credentials.createInsecure());
  });
  afterAll(() => {
    client.close();
    server.forceShutdown();
  });

  const secret = { password: new Secret("hunter2hunter2"), plain: "p" };
  const create = (preview: boolean): Promise<{ response?: proto.CreateResponse; error?: ServiceError }> => {
    const request = new proto.CreateRequest();
    request.setUrn("urn:pulumi:s::p::fake:index:Thing::it");
    request.setProperties(encode(secret));
    request.setPreview(preview);
    return new Promise((resolve) => {
      client.create(request, (error, response) => resolve(error ? { error } : { response }));
    });
  };
  const detailOf = (error?: ServiceError): proto.ErrorResourceInitFailed => {
    const header = error?.metadata.get("grpc-status-details-bin")[0] as Buffer;
    const [any] = Status.deserializeBinary(header).getDetailsList();
    return proto.ErrorResourceInitFailed.deserializeBinary(any.getValue_asU8());
  };

  it("gives resources plain values, and puts the secret marks back on what they return", async () => {
    failure = new Error("not set");
    const { response } = await create(false);
    expect(seen.pop()).toBe("create hunter2hunter2");
    expect(response?.getId()).toBe("the-id");
    expect(decode(response?.getProperties())).toEqual({ ...secret, made: "m" });
  });

  it("previews without creating", async () => {
    seen.length = 0;
    const { response } = await create(true);
    expect(seen).toEqual([]);
    expect(decode(response?.getProperties())).toEqual({ ...secret, made: UNKNOWN });
  });

  it("masks secrets in errors", async () => {
    failure = new Error("cannot log in with hunter2hunter2");
    expect((await create(false)).error?.details).toBe("cannot log in with [secret]");
  });

  it("returns what was half made, secrets marked", async () => {
    failure = new PartialFailure("half", { password: "hunter2hunter2", made: "m" }, new Error("no hunter2hunter2"));
    const { error } = await create(false);
    const detail = detailOf(error);
    expect(detail.getId()).toBe("half");
    expect(detail.getReasonsList()).toEqual(["no [secret]"]);
    expect(decode(detail.getProperties())).toEqual({ password: new Secret("hunter2hunter2"), made: "m" });
    expect(decode(detail.getInputs())).toEqual(secret);
  });

  it("returns at least the id of what was half made when the rest is too long for an error", async () => {
    failure = new PartialFailure("half", { huge: "é".repeat(200_000) }, new Error("x".repeat(100_000)));
    const { error } = await create(false);
    expect(detailOf(error).getId()).toBe("half");
    expect(decode(detailOf(error).getProperties())).toEqual({});
  });

  it("describes every difference at its own path", async () => {
    const request = new proto.DiffRequest();
    request.setUrn("urn:pulumi:s::p::fake:index:Thing::it");
    request.setOldInputs(encode({ x: 1 }));
    request.setNews(encode({ x: 2 }));
    const response = await new Promise<proto.DiffResponse>((resolve, reject) => {
      client.diff(request, (error, answer) => (error ? reject(error) : resolve(answer)));
    });
    expect(response.getChanges()).toBe(proto.DiffResponse.DiffChanges.DIFF_SOME);
    expect(response.getDetaileddiffMap().get('a[0]["b.c"]')?.getKind()).toBe(proto.PropertyDiff.Kind.UPDATE_REPLACE);
    expect(response.getReplacesList()).toEqual(['a[0]["b.c"]']);
    expect(response.getDeletebeforereplace()).toBe(true);
  });

  it("answers a check with marked inputs and masked reasons", async () => {
    const request = new proto.CheckRequest();
    request.setUrn("urn:pulumi:s::p::fake:index:Thing::it");
    request.setNews(encode(secret));
    const response = await new Promise<proto.CheckResponse>((resolve, reject) => {
      client.check(request, (error, answer) => (error ? reject(error) : resolve(answer)));
    });
    expect(decode(response.getInputs())).toEqual({ ...secret, filled: true });
    expect(response.getFailuresList()[0].getReason()).toBe("bad [secret]");
  });

  it("says that a resource is gone by answering no id", async () => {
    const request = new proto.ReadRequest();
    request.setUrn("urn:pulumi:s::p::fake:index:Thing::it");
    request.setId("the-id");
    const response = await new Promise<proto.ReadResponse>((resolve, reject) => {
      client.read(request, (error, answer) => (error ? reject(error) : resolve(answer)));
    });
    expect(response.getId()).toBe("");
  });

  it("reports the version of the SDK it answers to", async () => {
    const info = await new Promise<string>((resolve, reject) => {
      client.getPluginInfo(new Empty(), (error, answer) => (error ? reject(error) : resolve(answer.getVersion())));
    });
    expect(info).toBe("1.2.3");
  });
});
