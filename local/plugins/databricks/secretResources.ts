import type { Existing } from "../rpc/provider";
import { child, isProps, type Props, type Value } from "../rpc/values";
import type { Workspace } from "./workspace";
import type { Declaration, Operations } from "./workspaceResource";

/** Scopes, secrets and their access lists. None of them can be changed in place. */

/** Separates the parts of the ids of secrets and access lists. */
const SEPARATOR = "|||";

async function unchangeable(): Promise<Props> {
  throw new Error("cannot be updated in place; this is a bug in the bundled databricks plugin");
}

export const scopeDeclaration: Declaration = {
  required: [],
  replaceOn: ["name", "backendType", "initialManagePrincipal", "keyvaultMetadata"],
  outputs: [],
  computed: ["backendType"],
  local: ["initialManagePrincipal", "keyvaultMetadata", "providerConfig"],
  autoName: true,
};

export const scopeOperations: Operations = {
  async create(workspace, inputs, { signal }) {
    const vault = child(inputs, "keyvaultMetadata");
    const body: Props = {
      scope: inputs.name,
      initial_manage_principal: inputs.initialManagePrincipal,
      scope_backend_type: inputs.backendType ?? ("keyvaultMetadata" in inputs ? "AZURE_KEYVAULT" : "DATABRICKS"),
    };
    if ("keyvaultMetadata" in inputs) {
      body.backend_azure_keyvault = { resource_id: vault.resourceId, dns_name: vault.dnsName };
    }
    await workspace.post("/api/2.0/secrets/scopes/create", body, signal);
    return { id: String(inputs.name), state: { ...inputs, backendType: body.scope_backend_type } };
  },

  async read(workspace, { id }, { signal }) {
    const answer = await workspace.get("/api/2.0/secrets/scopes/list", {}, signal);
    const scope = entries(answer.scopes).find((entry) => entry.name === id);
    return scope && { name: id, backendType: scope.backend_type ?? "DATABRICKS" };
  },

  update: unchangeable,

  delete(workspace, { id }, { signal }) {
    return workspace.remove("/api/2.0/secrets/scopes/delete", { scope: id }, signal);
  },
};

export const secretDeclaration: Declaration = {
  required: ["key", "scope", "stringValue"],
  replaceOn: ["key", "scope", "stringValue"],
  outputs: ["configReference", "lastUpdatedTimestamp"],
  // The workspace never tells a secret's value.
  local: ["stringValue", "providerConfig"],
};

export const secretOperations: Operations = {
  async create(workspace, inputs, { signal }) {
    const { scope, key } = inputs;
    await workspace.post("/api/2.0/secrets/put", { scope, key, string_value: inputs.stringValue }, signal);
    const id = `${String(scope)}${SEPARATOR}${String(key)}`;
    return { id, state: { ...inputs, ...(await describeSecret(workspace, id, signal)) } };
  },

  read(workspace, { id }, { signal }) {
    return describeSecret(workspace, id, signal);
  },

  update: unchangeable,

  delete(workspace, { id }, { signal }) {
    const [scope, key] = parts(id);
    return workspace.remove("/api/2.0/secrets/delete", { scope, key }, signal);
  },
};

async function describeSecret(workspace: Workspace, id: string, signal: AbortSignal): Promise<Props | undefined> {
  const [scope, key] = parts(id);
  const answer = await workspace.find("/api/2.0/secrets/list", { scope }, signal);
  const secret = entries(answer?.secrets).find((entry) => entry.key === key);
  return (
    secret && {
      scope,
      key,
      lastUpdatedTimestamp: secret.last_updated_timestamp,
      configReference: `{{secrets/${scope}/${key}}}`,
    }
  );
}

export const aclDeclaration: Declaration = {
  required: ["permission", "principal", "scope"],
  replaceOn: ["permission", "principal", "scope"],
  outputs: [],
  local: ["providerConfig"],
};

export const aclOperations: Operations = {
  async create(workspace, inputs, { signal }) {
    const { scope, principal, permission } = inputs;
    await workspace.post("/api/2.0/secrets/acls/put", { scope, principal, permission }, signal);
    return { id: `${String(scope)}${SEPARATOR}${String(principal)}`, state: inputs };
  },

  async read(workspace, { id }: Existing, { signal }) {
    const [scope, principal] = parts(id);
    const found = await workspace.find("/api/2.0/secrets/acls/get", { scope, principal }, signal);
    return found && { scope, principal, permission: found.permission };
  },

  update: unchangeable,

  delete(workspace, { id }, { signal }) {
    const [scope, principal] = parts(id);
    return workspace.remove("/api/2.0/secrets/acls/delete", { scope, principal }, signal);
  },
};

function parts(id: string): [string, string] {
  const [scope, name] = id.split(SEPARATOR);
  if (!scope || !name) throw new Error(`"${id}" is not an id of the form <scope>${SEPARATOR}<name>`);
  return [scope, name];
}

function entries(list: Value | undefined): Props[] {
  return Array.isArray(list) ? list.filter(isProps) : [];
}
