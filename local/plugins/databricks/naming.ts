import { isProps, type Props, type Value } from "../rpc/values";

/**
 * Names: camelCase in the SDK, snake_case in the REST API, and for a few lists the SDK has a plural where the API has
 * none.
 */

/** Lists whose SDK name is not the API's name in camelCase. */
const listNames: Readonly<Record<string, string>> = {
  onStarts: "on_start",
  onSuccesses: "on_success",
  onFailures: "on_failure",
  onDurationWarningThresholdExceededs: "on_duration_warning_threshold_exceeded",
  onStreamingBacklogExceededs: "on_streaming_backlog_exceeded",
  dependsOns: "depends_on",
};
const sdkListNames = Object.fromEntries(Object.entries(listNames).map(([sdk, api]) => [api, sdk]));

/** Objects whose keys the user chose: `spark.conf` settings, tags, widget names. They are never renamed. */
const maps = new Set([
  "sparkConf",
  "sparkEnvVars",
  "customTags",
  "defaultTags",
  "tags",
  "baseParameters",
  "namedParameters",
  "jobParameters",
  "notebookParams",
  "parameters",
  "commandLineParameters",
]);

/** An SDK object as the API wants it. */
export function toApi(props: Props): Props {
  const result: Props = {};
  for (const [key, value] of Object.entries(props)) {
    result[listNames[key] ?? snakeCase(key)] = maps.has(key) && isProps(value) ? value : inside(value, toApi);
  }
  return result;
}

/** An API object as the SDK wants it. */
export function fromApi(body: Props): Props {
  const result: Props = {};
  for (const [name, value] of Object.entries(body)) {
    if (value === null) continue;
    const key = sdkListNames[name] ?? camelCase(name);
    result[key] = maps.has(key) && isProps(value) ? value : inside(value, fromApi);
  }
  return result;
}

/** `sparkVersion` as `spark_version`. */
export function snakeCase(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** `spark_version` as `sparkVersion`. */
export function camelCase(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_match, letter: string) => letter.toUpperCase());
}

function inside(value: Value, convert: (props: Props) => Props): Value {
  if (Array.isArray(value)) return value.map((item) => inside(item, convert));
  return isProps(value) ? convert(value) : value;
}
