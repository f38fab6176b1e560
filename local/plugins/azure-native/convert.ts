import { isProps, type Props, pick, UNKNOWN, type Value, without } from "../rpc/values";
import type { Field, ResourceSpec, Shape } from "./spec";

/** The body of a PUT from a resource's inputs. */
export function requestBody(spec: ResourceSpec, inputs: Props): Props {
  return objectToArm(pick(inputs, spec.inputs), spec.shape);
}

/** A resource's outputs from ARM's answer: what the SDK declares, in the SDK's form. */
export function outputsOf(spec: ResourceSpec, answer: Props): Props {
  const all = objectFromArm(answer, spec.shape);
  return { ...pick(all, [...spec.inputs, ...spec.outputs].filter(notId)), azureApiVersion: spec.apiVersion };
}

/** What a get function returns: the outputs and the id. */
export function functionResult(spec: ResourceSpec, answer: Props): Props {
  return typeof answer.id === "string" ? { ...outputsOf(spec, answer), id: answer.id } : outputsOf(spec, answer);
}

/** The part of a resource's outputs that may be an input, without what only the service sets. */
export function inputsOf(spec: ResourceSpec, outputs: Props): Props {
  return withoutOutputs(pick(outputs, spec.inputs.filter(notId)), spec.shape);
}

/**
 * Inputs for a resource that is being imported: everything ARM reports that may be an input, without empty objects
 * and lists, which say nothing.
 */
export function importedInputs(spec: ResourceSpec, outputs: Props): Props {
  const result: Props = {};
  for (const [key, value] of Object.entries(inputsOf(spec, outputs))) {
    const kept = dropEmpty(value);
    if (kept !== undefined) result[key] = kept;
  }
  return result;
}

/** Outputs as far as the inputs determine them: whatever the service may still decide is unknown. */
export function previewOf(spec: ResourceSpec, inputs: Props): Props {
  const result: Props = { azureApiVersion: spec.apiVersion };
  for (const key of [...spec.inputs, ...spec.outputs].filter(notId)) {
    result[key] = key in inputs ? previewValue(inputs[key], spec.shape.fields?.[key]) : UNKNOWN;
  }
  return result;
}

/** `id` at the top is the resource's own, which Pulumi keeps beside the properties. */
function notId(key: string): boolean {
  return key !== "id";
}

function objectToArm(props: Props, shape: Shape): Props {
  const result: Props = {};
  const inner: Props = {};
  for (const [key, value] of Object.entries(props)) {
    const field = shape.fields?.[key];
    const place = shape.envelope && !shape.envelope.includes(key) ? inner : result;
    place[field?.arm ?? key] = toArm(value, field);
  }
  if (Object.keys(inner).length > 0) result.properties = inner;
  return result;
}

function toArm(value: Value, field: Field | undefined): Value {
  if (field?.stringSet && Array.isArray(value)) return Object.fromEntries(value.map((key) => [String(key), {}]));
  if (!field?.shape) return value;
  const shape = field.shape;
  if (Array.isArray(value)) return value.map((item) => (isProps(item) ? objectToArm(item, shape) : item));
  return isProps(value) ? objectToArm(value, shape) : value;
}

function objectFromArm(body: Props, shape: Shape | undefined): Props {
  // Objects without a shape of their own inside a flattened one (what only the service reports) are flattened alike.
  const flattens = shape === undefined || shape.envelope !== undefined;
  const properties = flattens && isProps(body.properties) ? body.properties : undefined;
  const flat = properties ? { ...without(body, ["properties"]), ...properties } : body;
  const names = new Map(Object.entries(shape?.fields ?? {}).map(([sdk, field]) => [field.arm ?? sdk, sdk]));
  const result: Props = {};
  for (const [name, value] of Object.entries(flat)) {
    if (value === null) continue;
    const key = names.get(name) ?? name;
    const field = shape?.fields?.[key];
    result[key] = flattens || field ? fromArm(value, field) : value;
  }
  return result;
}

function fromArm(value: Value, field: Field | undefined): Value {
  if (Array.isArray(value)) return value.map((item) => (isProps(item) ? objectFromArm(item, field?.shape) : item));
  return isProps(value) ? objectFromArm(value, field?.shape) : value;
}

function withoutOutputs(props: Props, shape: Shape): Props {
  const result: Props = {};
  for (const [key, value] of Object.entries(without(props, shape.outputs ?? []))) {
    const field = shape.fields?.[key];
    const inner = field?.shape;
    const values = field?.values;
    if (field?.stringSet && isProps(value)) result[key] = Object.keys(value);
    else if (values && isProps(value)) result[key] = mapValues(value, (one) => withoutOutputs(one, values));
    else if (inner === undefined) result[key] = value;
    else if (Array.isArray(value))
      result[key] = value.map((item) => (isProps(item) ? withoutOutputs(item, inner) : item));
    else result[key] = isProps(value) ? withoutOutputs(value, inner) : value;
  }
  return result;
}

function mapValues(props: Props, change: (value: Props) => Value): Props {
  return Object.fromEntries(Object.entries(props).map(([key, value]) => [key, isProps(value) ? change(value) : value]));
}

function previewValue(value: Value, field: Field | undefined): Value {
  const shape = field?.shape;
  if (shape === undefined) return value;
  if (Array.isArray(value)) return value.map((item) => previewValue(item, field));
  if (!isProps(value)) return value;
  const result: Props = {};
  for (const key of [...(shape.outputs ?? []), ...(shape.computed ?? [])]) result[key] = UNKNOWN;
  for (const [key, item] of Object.entries(value)) result[key] = previewValue(item, shape.fields?.[key]);
  return result;
}

function dropEmpty(value: Value): Value | undefined {
  if (Array.isArray(value)) {
    const kept = value.map(dropEmpty).filter((item): item is Value => item !== undefined);
    return kept.length > 0 ? kept : undefined;
  }
  if (!isProps(value)) return value;
  const kept: Props = {};
  for (const [key, item] of Object.entries(value)) {
    const inner = dropEmpty(item);
    if (inner !== undefined) kept[key] = inner;
  }
  return Object.keys(kept).length > 0 ? kept : undefined;
}
