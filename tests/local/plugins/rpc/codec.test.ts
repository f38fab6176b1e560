import * as rpc from "@pulumi/pulumi/runtime/rpc";
import fc from "fast-check";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { describe, expect, it } from "vitest";
import { decode, encode } from "../../../../local/plugins/rpc/codec";
import { type Props, Secret, UNKNOWN, type Value } from "../../../../local/plugins/rpc/values";
import { wire } from "../../../../local/plugins/rpc/wire";

/** Any property value: no nulls inside objects, which mean the same as an absent key, and no key of the wire format. */
const { value } = fc.letrec<{ value: Value; leaf: Value; object: Props }>((tie) => ({
  leaf: fc.oneof(
    fc.boolean(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0),
    fc.string().filter((text) => !text.includes("-4")),
    fc.constant<Value>(UNKNOWN),
  ),
  object: fc.dictionary(
    fc.string().filter((key) => key !== "__proto__"),
    tie("value"),
    { maxKeys: 4, noNullPrototype: true },
  ),
  value: fc.oneof(
    { depthSize: "small" },
    tie("leaf"),
    fc.array(tie("value"), { maxLength: 4 }),
    tie("object"),
    tie("value").map((inner) => (inner instanceof Secret ? inner : new Secret(inner))),
  ),
}));

describe("property values on the wire", () => {
  it("come back as they were sent, with every secret and unknown in its place", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom("a", "b.c", "d"), value, { noNullPrototype: true }), (props) => {
        const sent = Struct.deserializeBinary(encode(props).serializeBinary());
        expect(decode(sent)).toEqual(props);
      }),
    );
  });

  it("carry the marks that the SDK uses", () => {
    expect(wire.signature).toBe(rpc.specialSigKey);
    expect(wire.secret).toBe(rpc.specialSecretSig);
    expect(wire.output).toBe(rpc.specialOutputValueSig);
    expect(wire.resource).toBe(rpc.specialResourceSig);
    expect(wire.unknown).toBe(rpc.unknownValue);
  });

  it("may be outputs, of which the value is taken", () => {
    const output = (fields: object) => ({ [wire.signature]: wire.output, ...fields });
    const struct = Struct.fromJavaScript({
      known: output({ value: "x", dependencies: ["urn"] }),
      secret: output({ value: "y", secret: true }),
      unknown: output({}),
    });
    expect(decode(struct)).toEqual({ known: "x", secret: new Secret("y"), unknown: UNKNOWN });
  });

  it("may be references to resources, of which the id is taken", () => {
    const reference = { [wire.signature]: wire.resource, urn: "urn:x", id: "the-id" };
    expect(decode(Struct.fromJavaScript({ reference }))).toEqual({ reference: "the-id" });
  });

  it("leave out nulls in objects and keep those in lists", () => {
    expect(decode(Struct.fromJavaScript({ a: null, b: [null, 1] }))).toEqual({ b: [null, 1] });
  });

  it("keep assets as they are", () => {
    const asset = { [wire.signature]: rpc.specialAssetSig, path: "./file" };
    expect(decode(encode({ asset }))).toEqual({ asset });
  });
});
