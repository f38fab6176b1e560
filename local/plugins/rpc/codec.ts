import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";
import { isProps, type Props, Secret, UNKNOWN, Unknown, type Value } from "./values";
import { unknownTokens, wire } from "./wire";

/** Properties from a gRPC message; an absent message is an empty bag. */
export function decode(struct: Struct | undefined): Props {
  if (!struct) return {};
  const value = fromWire(struct.toJavaScript() as WireValue);
  return isProps(value) ? value : {};
}

/** Properties for a gRPC message. */
export function encode(props: Props): Struct {
  return Struct.fromJavaScript(toWire(props) as { [key: string]: JavaScriptValue });
}

type WireValue = null | boolean | number | string | WireValue[] | { [key: string]: WireValue };

function fromWire(raw: WireValue): Value {
  if (typeof raw === "string") return unknownTokens.has(raw) ? UNKNOWN : raw;
  if (typeof raw !== "object" || raw === null) return raw;
  if (Array.isArray(raw)) return raw.map(fromWire);
  switch (raw[wire.signature]) {
    case wire.secret:
      return new Secret(fromWire(raw.value));
    case wire.output: {
      const value = "value" in raw ? fromWire(raw.value) : UNKNOWN;
      return raw.secret === true ? new Secret(value) : value;
    }
    case wire.resource:
      return "id" in raw ? fromWire(raw.id) : fromWire(raw.urn ?? null);
  }
  const props: Props = {};
  for (const [key, item] of Object.entries(raw)) {
    // The real providers skip nulls: a property set to null is a property that is not set.
    if (item !== null) props[key] = fromWire(item);
  }
  return props;
}

function toWire(value: Value): WireValue {
  if (value instanceof Unknown) return wire.unknown;
  if (value instanceof Secret) return { [wire.signature]: wire.secret, value: toWire(value.value) };
  if (Array.isArray(value)) return value.map((item) => toWire(item ?? null));
  if (!isProps(value)) return value;
  const result: { [key: string]: WireValue } = {};
  for (const [key, item] of Object.entries(value)) {
    if (item !== undefined && item !== null) result[key] = toWire(item);
  }
  return result;
}
