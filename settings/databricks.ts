import { keyName, type Problem, setCommand } from "./problems";

export const authTypes = ["azure-cli", "azure-client-secret", "github-oidc-azure", "azure-msi", "pat"] as const;

/** What a group may do with jobs, clusters and notebooks. */
export const accessLevels = ["view", "run", "manage"] as const;

/** Ways to log in that name an application, and so need its ids. Its secret comes from the environment. */
const appLogins: readonly string[] = [
  "azure-client-secret",
  "github-oidc-azure",
] satisfies (typeof authTypes)[number][];

/** What the way to log in to Databricks needs. */
export function databricksProblems(values: {
  databricksAuthType?: string;
  databricksTenantId?: string;
  databricksClientId?: string;
}): Problem[] {
  const { databricksAuthType: authType } = values;
  if (authType === undefined || !appLogins.includes(authType)) return [];
  const ids = ["databricksTenantId", "databricksClientId"] as const;
  return ids
    .filter((key) => key in values && values[key] === undefined)
    .map((key) => ({
      key: keyName(key),
      got: "nothing",
      needs: `the id of the ${key === "databricksTenantId" ? "Entra tenant" : "application"}, because \`streaming:databricksAuthType\` is "${authType}"`,
      fix: [setCommand(key, "00000000-0000-0000-0000-000000000000")],
    }));
}
