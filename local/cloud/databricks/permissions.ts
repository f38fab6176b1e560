import * as path from "node:path";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { JsonStore } from "../store";
import type { WorkspaceContext } from "./context";
import { doesNotExist, invalidParameter, notInTwin } from "./errors";
import { read } from "./input";

const principals = ["user_name", "group_name", "service_principal_name"] as const;
const rule = z.looseObject({
  user_name: z.string().optional(),
  group_name: z.string().optional(),
  service_principal_name: z.string().optional(),
  permission_level: z.string(),
});
const body = z.looseObject({ access_control_list: z.array(rule) });

type Rule = z.infer<typeof rule>;

/** Kinds of objects that have permissions here: their levels, and what answers call them. */
const kinds: Record<string, { type: string; levels: string[] }> = {
  clusters: { type: "cluster", levels: ["CAN_ATTACH_TO", "CAN_RESTART", "CAN_MANAGE"] },
  jobs: { type: "job", levels: ["CAN_VIEW", "CAN_MANAGE_RUN", "IS_OWNER", "CAN_MANAGE"] },
  notebooks: { type: "notebook", levels: ["CAN_READ", "CAN_RUN", "CAN_EDIT", "CAN_MANAGE"] },
  directories: { type: "directory", levels: ["CAN_READ", "CAN_RUN", "CAN_EDIT", "CAN_MANAGE"] },
  "cluster-policies": { type: "cluster-policy", levels: ["CAN_USE"] },
};

/** Says whether there is an object of this kind with this id. */
export type Exists = (kind: string, id: string) => boolean;

/**
 * `/api/2.0/permissions/{kind}/{id}`. Recorded and given back, so that a program can manage them; since the twin has
 * one user, nothing is ever denied by them.
 */
export function permissionRoutes(app: FastifyInstance, context: WorkspaceContext, exists: Exists): void {
  const store = JsonStore.open<Rule[]>(path.join(context.folder, "permissions.json"));
  const route = "/api/2.0/permissions/:kind/:id";

  const checked = (params: unknown) => {
    const { kind, id } = params as { kind: string; id: string };
    const known = Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
    if (!known) {
      throw notInTwin(`Permissions of \`${kind}\` are not supported; of ${Object.keys(kinds).join(", ")} they are`);
    }
    if (!exists(kind, id)) throw doesNotExist(`${known.type} ${id} does not exist.`);
    return { kind, id, ...known, key: `${kind}/${id}` };
  };
  const describe = (object: ReturnType<typeof checked>) => ({
    object_id: `/${object.key}`,
    object_type: object.type,
    access_control_list: describeRules(store.get(object.key) ?? [], object.kind, context.userName),
  });
  const owned = (object: ReturnType<typeof checked>): Rule[] =>
    object.kind === "jobs" ? [{ user_name: context.userName, permission_level: "IS_OWNER" }] : [];
  const set = (object: ReturnType<typeof checked>, input: unknown, before: Rule[]) => {
    const rules = read(body, input).access_control_list;
    const groups = [...ownGroups, ...(context.groups?.() ?? [])];
    for (const given of rules) checkRule(given, object.levels, context.userName, groups);
    const kept = before.filter((old) => !rules.some((given) => principalOf(given) === principalOf(old)));
    const all = [...kept, ...rules];
    if (object.kind === "jobs") checkOwner(all);
    store.set(object.key, all);
    return describe(object);
  };

  app.get(route, async (request) => describe(checked(request.params)));
  app.put(route, async (request) => set(checked(request.params), request.body, []));
  app.patch(route, async (request) => {
    const object = checked(request.params);
    return set(object, request.body, store.get(object.key) ?? owned(object));
  });
  app.get(`${route}/permissionLevels`, async (request) => ({
    permission_levels: checked(request.params).levels.map((permission_level) => ({ permission_level })),
  }));
}

/** The groups that every workspace has. Others come from the account, which is not imitated: the twin is told of them. */
const ownGroups = ["admins", "users"];

function checkRule(given: Rule, levels: string[], userName: string, groups: string[]): void {
  if (principals.filter((name) => given[name] !== undefined).length !== 1) {
    throw invalidParameter(`Each entry of \`access_control_list\` needs exactly one of ${principals.join(", ")}`);
  }
  const { user_name: user, group_name: group, service_principal_name: principal } = given;
  if (group !== undefined && !groups.includes(group)) {
    throw invalidParameter(
      `Principal: GroupName(${group}) does not exist (this twin's workspaces have ${groups.join(" and ")})`,
    );
  }
  const stranger = [user, principal].find((name) => name !== undefined && name !== userName);
  if (stranger !== undefined) {
    throw invalidParameter(`Principal: UserName(${stranger}) does not exist (this twin's workspaces have ${userName})`);
  }
  if (group === "admins" && !["CAN_MANAGE", "CAN_USE"].includes(given.permission_level)) {
    throw invalidParameter("Cannot change permissions for group 'admins' to less than CAN_MANAGE");
  }
  if (!levels.includes(given.permission_level)) {
    throw invalidParameter(`\`permission_level\` must be one of ${levels.join(", ")}, got ${given.permission_level}`);
  }
}

/** A job that nobody has set permissions of belongs to its creator; after that, the list itself names the owner. */
function checkOwner(rules: Rule[]): void {
  const owners = rules.filter((given) => given.permission_level === "IS_OWNER");
  if (owners.length !== 1) throw invalidParameter(`The job must have exactly one owner, got ${owners.length}`);
  if (owners[0]?.group_name) throw invalidParameter("A group cannot be the owner of a job");
}

const principalOf = (given: Rule) => JSON.stringify(principals.map((name) => given[name] ?? null));

/** Admins may manage everything, by inheritance; a job always has an owner. */
function describeRules(rules: Rule[], kind: string, userName: string) {
  const owner: Rule[] =
    kind === "jobs" && !rules.some((given) => given.permission_level === "IS_OWNER")
      ? [{ user_name: userName, permission_level: "IS_OWNER" }]
      : [];
  const explicit = [...owner, ...rules].map(({ permission_level, ...given }) => ({
    ...Object.fromEntries(principals.flatMap((name) => (given[name] ? [[name, given[name]]] : []))),
    all_permissions: [{ permission_level, inherited: false }],
  }));
  const inherited = kind === "cluster-policies" ? "CAN_USE" : "CAN_MANAGE";
  const parent = kind === "notebooks" || kind === "directories" ? "/directories/" : `/${kind}/`;
  return [
    ...explicit,
    {
      group_name: "admins",
      all_permissions: [{ permission_level: inherited, inherited: true, inherited_from_object: [parent] }],
    },
  ];
}
