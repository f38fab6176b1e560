import { isSecret } from "./secrets";

/** Properties of resources, by URN. */
export type InputsByUrn = Record<string, Record<string, unknown>>;

/** Inputs of all resources of a stack, from what `pulumi stack export` printed. */
export function readDeployment(json: string): InputsByUrn {
  const { deployment } = JSON.parse(json) as {
    deployment?: { resources?: { urn: string; inputs?: Record<string, unknown> }[] };
  };
  return Object.fromEntries((deployment?.resources ?? []).map(({ urn, inputs }) => [urn, inputs ?? {}]));
}

/** Inputs with the values that the state has for what the engine does not show. What is not deployed stays hidden. */
export function opened(
  shown: Record<string, unknown> | undefined,
  state: Record<string, unknown> | undefined,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(shown ?? {}).map(([name, value]) => [
      name,
      isSecret(value) && state ? (state[name] ?? value) : value,
    ]),
  );
}
