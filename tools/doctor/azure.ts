import { execa } from "execa";
import { ArmClient } from "../../components/arm/client";
import { oldestPulumi } from "../../local/setup/pulumi";
import { isAtLeast } from "../../local/setup/version";
import { type Finding, failed, firstLine, note, ok, problem } from "./finding";

/** What the program makes resources of, and what only some stacks need. */
const providers = ["HDInsight", "Databricks", "Network", "Storage", "ManagedIdentity"];
const logProviders = ["OperationalInsights", "Insights"];

/** What the program does, by what it needs of roles (learn.microsoft.com/azure/role-based-access-control). */
const neededActions: Record<string, string> = {
  "Microsoft.Resources/subscriptions/resourceGroups/write": "make resource groups",
  "Microsoft.HDInsight/clusters/write": "make the Kafka cluster",
  "Microsoft.Databricks/workspaces/write": "make the workspace",
  "Microsoft.Network/virtualNetworks/write": "make networks",
};
const roleAction = "Microsoft.Authorization/roleAssignments/write";

/** The calls that are made of Azure Resource Manager. */
export type Arm = Pick<ArmClient, "get" | "post">;

/** A login to Azure, and the subscription that it works in. */
export interface Login {
  arm: Arm;
  subscription: string;
}

/** The user's Pulumi, and where it keeps state. */
export async function pulumiFindings(env: NodeJS.ProcessEnv = process.env): Promise<Finding[]> {
  const run = (args: string[]) => execa("pulumi", args, { env, extendEnv: false, reject: false, stdin: "ignore" });
  const version = await run(["version"]);
  if (version.failed) {
    return [problem("Pulumi", "there is no `pulumi` on PATH", ["https://www.pulumi.com/docs/install/"])];
  }
  const number = version.stdout
    .trim()
    .replace(/^v/, "")
    .replace(/[+-].*$/, "");
  const cli = isAtLeast(number, oldestPulumi)
    ? ok("Pulumi", number)
    : problem("Pulumi", `${number}, and ${oldestPulumi} or later is needed`, ["https://www.pulumi.com/docs/install/"]);
  const whoami = await run(["whoami", "--json", "--non-interactive"]);
  const backend = whoami.failed
    ? problem("State", "Pulumi is not logged in to a backend", ["pulumi login"])
    : ok("State", `kept in ${(JSON.parse(whoami.stdout) as { url?: string }).url}`);
  return [cli, backend];
}

/** Logs in as `pulumi up` will; a finding that says whether that works, and the login when it does. */
export async function azureLogin(
  env: NodeJS.ProcessEnv = process.env,
  connect: (env: NodeJS.ProcessEnv) => Promise<Arm> = ArmClient.fromEnvironment,
): Promise<{ finding: Finding; login?: Login }> {
  const subject = "Login";
  try {
    const arm = await connect(env);
    const { value } = await arm.get<{ value: { subscriptionId: string; displayName: string; state: string }[] }>(
      "/subscriptions",
      "2022-12-01",
    );
    const wanted = env.ARM_SUBSCRIPTION_ID ?? (value.length > 1 ? await defaultOfCli(env) : value[0]?.subscriptionId);
    const found = value.find(({ subscriptionId }) => subscriptionId === wanted);
    if (!found) {
      const seen = value.map(({ subscriptionId, displayName }) => `${displayName} (${subscriptionId})`).join(", ");
      return {
        finding: problem(subject, `sees ${seen || "no subscription"}, not ${wanted ?? "which one to use"}`, [
          "az account set --subscription ID   # or set ARM_SUBSCRIPTION_ID",
        ]),
      };
    }
    if (found.state !== "Enabled") {
      return { finding: problem(subject, `subscription ${found.displayName} is ${found.state}, and takes no changes`) };
    }
    return {
      finding: ok(subject, `subscription ${found.displayName} (${found.subscriptionId})`),
      login: { arm, subscription: found.subscriptionId },
    };
  } catch (error) {
    const fix = ["az login          # other ways: docs/login.md"];
    return { finding: problem(subject, `there is none to Azure: ${firstLine(error)}`, fix) };
  }
}

/** The subscription that the Azure CLI works in; undefined where it says none. */
async function defaultOfCli(env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const options = { env, extendEnv: false, reject: false, stdin: "ignore" } as const;
  const { stdout } = await execa("az", ["account", "show", "--query", "id", "--output", "tsv"], options);
  return stdout?.trim() || undefined;
}

/**
 * What the subscription lacks for any stack: resource providers, which Azure does not register by itself, and the right
 * to make things.
 *
 * @param needs what the stacks at hand use beyond the rest
 */
export async function subscriptionFindings(
  { arm, subscription }: Login,
  needs: { logs: boolean; roles: boolean },
): Promise<Finding[]> {
  return [
    await providerFinding(arm, subscription, [...providers, ...(needs.logs ? logProviders : [])]),
    await permissionFinding(arm, subscription, needs.roles),
  ];
}

async function providerFinding(arm: Arm, subscription: string, names: string[]): Promise<Finding> {
  const subject = "Resource providers";
  try {
    const states = await Promise.all(
      names.map(async (name): Promise<[string, string]> => {
        const id = `/subscriptions/${subscription}/providers/Microsoft.${name}`;
        return [name, (await arm.get<{ registrationState: string }>(id, "2021-04-01")).registrationState];
      }),
    );
    const not = states.filter(([, state]) => state !== "Registered");
    if (not.length === 0) return ok(subject, "all are registered");
    const text = not.map(([name, state]) => `Microsoft.${name} is ${state}`).join(", ");
    const isOnItsWay = not.every(([, state]) => state === "Registering");
    if (isOnItsWay) return note(subject, `${text}; that takes minutes`);
    return problem(
      subject,
      text,
      not.map(([name]) => `az provider register --wait --namespace Microsoft.${name}`),
    );
  } catch (error) {
    return failed(subject, error);
  }
}

interface Permission {
  actions?: string[];
  notActions?: string[];
}

async function permissionFinding(arm: Arm, subscription: string, roles: boolean): Promise<Finding> {
  const subject = "Rights";
  try {
    const id = `/subscriptions/${subscription}/providers/Microsoft.Authorization/permissions`;
    const { value } = await arm.get<{ value: Permission[] }>(id, "2022-04-01");
    const lacking = Object.entries(neededActions).filter(([action]) => !allows(value, action));
    const fix = ["az role assignment create --role Contributor --assignee YOU --scope /subscriptions/ID"];
    if (lacking.length > 0) {
      const what = lacking.map(([, deed]) => deed).join(", ");
      // Rights on a resource group alone are no rights here.
      return problem(subject, `none on the subscription to ${what}; Contributor has them`, fix);
    }
    if (roles && !allows(value, roleAction)) {
      return problem(subject, "none to assign roles, which `kafkaStorageAccess: identity` needs (docs/storage.md)", [
        "pulumi config set streaming:kafkaStorageAccess key   # or have an Owner deploy",
      ]);
    }
    return ok(subject, "enough to make everything");
  } catch (error) {
    return failed(subject, error);
  }
}

/**
 * Whether a role grants an action: one of its `actions` covers it and none of its `notActions`. `*` stands for any text
 * (learn.microsoft.com/azure/role-based-access-control/role-definitions).
 */
export function allows(permissions: readonly Permission[], action: string): boolean {
  const covers = (pattern: string) => {
    const text = pattern.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*");
    return new RegExp(`^${text}$`, "i").test(action);
  };
  return permissions.some(({ actions = [], notActions = [] }) => actions.some(covers) && !notActions.some(covers));
}
