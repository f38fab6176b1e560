import { describe, expect, it } from "vitest";
import { shorten } from "../../../../local/plugins/rpc/errors";
import { uniqueName, uniqueUuid } from "../../../../local/plugins/rpc/names";
import { engineAddress } from "../../../../local/plugins/rpc/serve";
import { typeOf } from "../../../../local/plugins/rpc/service";

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
    const message = `start${"x".repeat(20_000)}the reason`;
    const short = shorten(message);
    expect(short.length).toBeLessThan(8200);
    expect(short).toMatch(/^start[\s\S]*left out[\s\S]*the reason$/);
  });
});
