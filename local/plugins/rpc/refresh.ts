import { equal, isProps, type Props, type Value } from "./values";

/**
 * The inputs of a resource after a refresh. A service reports more than it was given (defaults, addresses), so its
 * answer cannot simply become the inputs. Instead, what differs between the last known and the present answer is
 * carried over to the inputs, and nothing else: defaults never show up as drift, and a changed tag does.
 *
 * @param inputs the inputs recorded in the state
 * @param before the recorded outputs, reduced to what may be an input
 * @param now the outputs as the service reports them, reduced in the same way
 */
export function refreshedInputs(inputs: Props, before: Props, now: Props): Props {
  const result: Props = {};
  for (const [key, value] of Object.entries(inputs)) {
    if (key in before && !(key in now)) continue;
    result[key] = key in before && key in now ? carryOver(value, before[key], now[key]) : value;
  }
  for (const key of Object.keys(now)) {
    if (!(key in before) && !(key in result)) result[key] = now[key];
    else if (!(key in inputs) && key in before && !equal(before[key], now[key])) result[key] = now[key];
  }
  return result;
}

function carryOver(input: Value, before: Value, now: Value): Value {
  if (equal(before, now)) return input;
  if (isProps(input) && isProps(before) && isProps(now)) return refreshedInputs(input, before, now);
  if (Array.isArray(input) && Array.isArray(before) && Array.isArray(now)) {
    return now.map((item, i) => (i < input.length && i < before.length ? carryOver(input[i], before[i], item) : item));
  }
  return now;
}
