import { uuid } from "./forms";
import { keyName, type Problem, setCommand, show } from "./problems";

export const authTypes = ["azure-cli", "azure-client-secret", "github-oidc-azure", "azure-msi", "pat"] as const;

/** What a group may do with jobs, clusters and notebooks. */
export const accessLevels = ["view", "run", "manage"] as const;

/** Ways to log in that name an application, and so need its ids. Its secret comes from the environment. */
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
  return [...(appLogins.includes(authType) ? missingIds(values) : []), ...userProblems(values)];
}

function missingIds(values: Login): Problem[] {
  const ids = ["databricksTenantId", "databricksClientId"] as const;
  return ids
    .filter((key) => key in values && values[key] === undefined)
    .map((key) => ({
      key: keyName(key),
      got: "nothing",
      needs: `the id of the ${key === "databricksTenantId" ? "Entra tenant" : "application"}, because ${loginIs(values)}`,
      fix: [setCommand(key, "00000000-0000-0000-0000-000000000000")],
    }));
}

/**
 * A job runs as who created it (Jobs API, `run_as`), and a dedicated cluster runs the commands of its `single_user_name`
 * alone: with the login of an application or a managed identity, a job on somebody else's cluster would fail.
 */
function userProblems(values: Login): Problem[] {
  const { databricksAuthType: authType = "", databricksUser: user, databricksClientId: clientId } = values;
  if (user === undefined || !(appLogins.includes(authType) || authType === "azure-msi")) return [];
  if (clientId ? user.toLowerCase() === clientId.toLowerCase() : authType !== "azure-msi" || uuid.test(user)) return [];
  const who = clientId ? `\`streaming:databricksClientId\` (${clientId})` : "the managed identity's application id";
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
