import type { Surroundings } from "../../local/controlPlane";
import { leaves } from "./values";

/** Kinds that others keep for a stack, as `settings/` takes them: an identity for a key, a workspace for logs. */
const given =
  /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/(?:Microsoft\.ManagedIdentity\/userAssignedIdentities|Microsoft\.OperationalInsights\/workspaces)\/[^/]+$/i;

/**
 * What a configuration names that the program does not make. Nobody could deploy it where that is missing, so it is taken
 * to be there, in the region of the stack.
 *
 * @param values by full key
 */
export function surroundingsOf(values: Readonly<Record<string, unknown>>): Surroundings {
  const { "azure-native:location": location = "westeurope", "streaming:databricksGroup": group = "" } = values;
  const texts = leaves(values).map(([, value]) => String(value));
  return {
    location: String(location),
    resources: [...new Set(texts.filter((text) => given.test(text)))],
    groups: group === "" ? [] : [String(group)],
  };
}
