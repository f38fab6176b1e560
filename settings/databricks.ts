import { uuid } from "./forms";
import { keyName, type Problem, setCommand, show } from "./problems";

export const authTypes = ["azure-cli", "azure-client-secret", "github-oidc-azure", "azure-msi", "pat"] as const;

/** What a group may do with jobs, clusters and notebooks. */
export const accessLevels = ["view", "run", "manage"] as const;

/**
 * Ways to log in as an application, and so in its tenant. Which application comes from the environment (`ARM_CLIENT_ID`)
 * where `databricksClientId` does not say it: a pipeline may deploy as one and look for drift as another.
 */
const appLogins: readonly string[] = [
  "azure-client-secret",
  "github-oidc-azure",
] satisfies (typeof authTypes)[number][];

interface Login {
  databricksAuthType?: string;
  databricksTenantId?: string;
  databricksClientId?: string;
  databricksUser?: string;
}

/** What the way to log in to Databricks needs. */
export function databricksProblems(values: Login): Problem[] {
  const { databricksAuthType: authType } = values;
  if (authType === undefined) return [];
  return [...(appLogins.includes(authType) ? tenantProblems(values) : []), ...userProblems(values)];
}

function tenantProblems(values: Login): Problem[] {
  if (!("databricksTenantId" in values) || values.databricksTenantId !== undefined) return [];
  return [
    {
      key: keyName("databricksTenantId"),
      got: "nothing",
      needs: `the id of the Entra tenant, because ${loginIs(values)}`,
      fix: [setCommand("databricksTenantId", "00000000-0000-0000-0000-000000000000")],
    },
  ];
}

/**
 * A job runs as who created it (Jobs API, `run_as`), and a dedicated cluster runs the commands of its `single_user_name`
 * alone: with the login of an application or a managed identity, a job on somebody else's cluster would fail.
 */
function userProblems(values: Login): Problem[] {
  const { databricksAuthType: authType = "", databricksUser: user, databricksClientId: clientId } = values;
  if (user === undefined || !(appLogins.includes(authType) || authType === "azure-msi")) return [];
  if (clientId ? user.toLowerCase() === clientId.toLowerCase() : uuid.test(user)) return [];
  const identity = authType === "azure-msi" ? "managed identity" : "application that deploys";
  const who = clientId ? `\`streaming:databricksClientId\` (${clientId})` : `the id of the ${identity}`;
  return [
    {
      key: keyName("databricksUser"),
      got: show(user),
      needs: `${who}, because ${loginIs(values)}: jobs run as who makes them, on clusters that belong to nobody else`,
      fix: [setCommand("databricksUser", clientId ?? "00000000-0000-0000-0000-000000000000")],
    },
  ];
}

const loginIs = ({ databricksAuthType }: Login) => `\`streaming:databricksAuthType\` is "${databricksAuthType}"`;
