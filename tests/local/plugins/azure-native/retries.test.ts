import { expect, test } from "vitest";
import { pauseAsked } from "../../../../local/plugins/azure-native/retries";

test.each([
  [{}, undefined],
  [{ "retry-after": "2" }, 2000],
  [{ "retry-after": "1", "x-ms-retry-after-ms": "150" }, 150],
  [{ "retry-after": "1", "x-ms-retry-after-ms": "150", "retry-after-ms": "90" }, 90],
  [{ "retry-after": "1", "x-ms-retry-after-ms": "soon" }, 1000],
])("of %o the finest pause is taken", (headers, milliseconds) => {
  expect(pauseAsked(new Headers(headers as Record<string, string>))).toBe(milliseconds);
});
