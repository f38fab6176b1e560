import type { CheckFailure } from "../rpc/provider";
import { isProps, type Props, pick, text, type Value } from "../rpc/values";
import { fromApi, toApi } from "./naming";
import type { Workspace } from "./workspace";
import type { Declaration, Operations } from "./workspaceResource";

/** Kind of object, as the path of the API names it, by the input that holds the object's id or path. */
const kinds: Readonly<Record<string, string>> = {
  clusterId: "clusters",
  clusterPolicyId: "cluster-policies",
  jobId: "jobs",
  directoryId: "directories",
  directoryPath: "directories",
  notebookId: "notebooks",
  notebookPath: "notebooks",
};
const principals = ["groupName", "servicePrincipalName", "userName"];

export const permissionsDeclaration: Declaration = {
  required: ["accessControls"],
  replaceOn: Object.keys(kinds),
  outputs: [],
  computed: ["objectType"],
  local: ["providerConfig"],
};

/**
 * All permissions on one object. As with the official plugin, who deploys keeps what it needs to go on managing the
 * object, and neither that nor what the admins inherit is part of the state.
 * Source: databricks/terraform-provider-databricks, permissions/.
 */
export const permissionsOperations: Operations = {
  check: permissionsProblems,

  async create(workspace, inputs, { signal }) {
    const id = await objectOf(workspace, inputs, signal);
    await put(workspace, id, inputs.accessControls as Value[], signal);
    return { id, state: { ...inputs, ...(await describe(workspace, id, inputs, signal)) } };
  },

  async read(workspace, { id, inputs }, { signal }) {
    const described = await describe(workspace, id, inputs, signal);
    if (!described || described.accessControls.length === 0) return undefined;
    const [, kind, object] = id.split("/");
    const target = pick(inputs, Object.keys(kinds));
    if (Object.keys(target).length > 0) return { ...target, ...described };
    // An import: by the object's id alone, as the official plugin has it.
    const field = Object.keys(kinds).find((name) => kinds[name] === kind && name.endsWith("Id"));
    return { [String(field)]: object, ...described };
  },

  async update(workspace, inputs, { id }, { signal }) {
    await put(workspace, id, inputs.accessControls as Value[], signal);
    return { ...inputs, ...(await describe(workspace, id, inputs, signal)) };
  },

  async delete(workspace, { id }, { signal }) {
    if (await workspace.find(`/api/2.0/permissions${id}`, {}, signal)) await put(workspace, id, [], signal);
  },
};

function permissionsProblems(inputs: Props): CheckFailure[] {
  const failures: CheckFailure[] = [];
  const known = [...Object.keys(kinds), "accessControls", "objectType", "providerConfig"];
  for (const property of Object.keys(inputs).filter((key) => !known.includes(key) && !key.startsWith("__"))) {
    failures.push({
      property,
      reason: `the bundled databricks plugin has permissions of objects by ${Object.keys(kinds).join(", ")} only`,
    });
  }
  const given = Object.keys(kinds).filter((key) => key in inputs);
  if (failures.length === 0 && given.length !== 1) {
    failures.push({
      property: given[1] ?? "jobId",
      reason: `permissions are for exactly one object, got ${given.length}: ${given.join(", ") || "none"}`,
    });
  }
  const rules = Array.isArray(inputs.accessControls) ? inputs.accessControls.filter(isProps) : [];
  for (const [index, rule] of rules.entries()) {
    const property = `accessControls[${index}]`;
    const unknown = Object.keys(rule).find((key) => ![...principals, "permissionLevel"].includes(key));
    if (unknown) failures.push({ property: `${property}.${unknown}`, reason: `there is no such property` });
    if (principals.filter((key) => key in rule).length !== 1 || !("permissionLevel" in rule)) {
      failures.push({ property, reason: `needs \`permissionLevel\` and exactly one of ${principals.join(", ")}` });
    }
    if (rule.groupName === "admins") {
      failures.push({ property, reason: "it is not possible to modify the permissions of admins" });
    }
  }
  return failures;
}

/** The object's id in the permissions API: `/jobs/11`. A path stands for what is there now. */
async function objectOf(workspace: Workspace, inputs: Props, signal: AbortSignal): Promise<string> {
  const field = Object.keys(kinds).find((key) => key in inputs) as string;
  const value = String(inputs[field]);
  if (!field.endsWith("Path")) return `/${kinds[field]}/${value}`;
  const found = await workspace.get("/api/2.0/workspace/get-status", { path: value }, signal);
  return `/${kinds[field]}/${String(found.object_id)}`;
}

/** Sets the permissions. A job keeps an owner, anything else but a policy somebody who manages it: who deploys. */
async function put(workspace: Workspace, id: string, rules: Value[], signal: AbortSignal): Promise<void> {
  const me = await currentUser(workspace, signal);
  const kind = id.split("/")[1];
  const given = rules.filter(isProps);
  const needsMe =
    kind === "jobs"
      ? !given.some((rule) => rule.permissionLevel === "IS_OWNER")
      : kind !== "cluster-policies" && !given.some((rule) => isFor(rule, me));
  const mine = { userName: me, permissionLevel: kind === "jobs" ? "IS_OWNER" : "CAN_MANAGE" };
  const list = [...given, ...(needsMe ? [mine] : [])].map((rule) => toApi(rule));
  await workspace.put(`/api/2.0/permissions${id}`, { access_control_list: list }, signal);
}

/** What is set on the object itself, but for what was added for who deploys; undefined when there is no such object. */
async function describe(workspace: Workspace, id: string, inputs: Props, signal: AbortSignal) {
  const found = await workspace.find(`/api/2.0/permissions${id}`, {}, signal);
  if (!found) return undefined;
  const me = await currentUser(workspace, signal);
  const declared = Array.isArray(inputs.accessControls) ? inputs.accessControls.filter(isProps) : [];
  const entries = Array.isArray(found.access_control_list) ? found.access_control_list.filter(isProps) : [];
  const accessControls = entries
    .flatMap((entry) => rulesOf(fromApi(entry)))
    .filter((rule) => rule.groupName !== "admins")
    .filter((rule) => !isFor(rule, me) || declared.some((known) => isFor(known, me)));
  const place = (rule: Props): number => {
    const index = declared.findIndex((known) => principals.every((key) => known[key] === rule[key]));
    return index < 0 ? declared.length : index;
  };
  // The workspace reports a set; another order must not look like a change.
  accessControls.sort((a, b) => place(a) - place(b));
  return { objectType: text(found, "object_type") ?? "", accessControls };
}

function rulesOf(entry: Props): Props[] {
  const permissions = Array.isArray(entry.allPermissions) ? entry.allPermissions.filter(isProps) : [];
  return permissions
    .filter((permission) => permission.inherited !== true)
    .map(({ permissionLevel }) => ({ ...pick(entry, principals), permissionLevel }));
}

const isFor = (rule: Props, user: string) => rule.userName === user || rule.servicePrincipalName === user;

async function currentUser(workspace: Workspace, signal: AbortSignal): Promise<string> {
  return text(await workspace.get("/api/2.0/preview/scim/v2/Me", {}, signal), "userName") ?? "";
}
