import { LocalStack } from "../stack/localStack";

/** Prints the stack's outputs, one a line, or all as JSON. Secrets show as `[secret]`. */
export async function outputs(options: { json?: boolean }): Promise<void> {
  const values = await (await LocalStack.open()).outputs();
  console.log(options.json ? JSON.stringify(values, null, 2) : formatOutputs(values));
}

/** Outputs as a person reads them: names in a column, lists with commas. */
function formatOutputs(values: Record<string, unknown>): string {
  const width = Math.max(0, ...Object.keys(values).map((key) => key.length));
  return Object.entries(values)
    .map(([key, value]) => `  ${key.padEnd(width)}  ${formatValue(value)}`)
    .join("\n");
}

function formatValue(value: unknown): string {
  if (!Array.isArray(value)) return typeof value === "string" ? value : JSON.stringify(value);
  return value.map((item) => (typeof item === "string" ? item : formatTopic(item))).join(", ");
}

function formatTopic(item: { name?: string; partitions?: number; replicationFactor?: number }): string {
  if (!item.name) return JSON.stringify(item);
  return `${item.name} (${item.partitions} partitions, ${item.replicationFactor} replicas)`;
}
