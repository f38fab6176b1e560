import { type Props, pick } from "../rpc/values";
import { fromApi, toApi } from "./naming";
import type { Workspace } from "./workspace";
import type { Declaration, Operations } from "./workspaceResource";

/** Folders of the workspace, and cluster policies. */

export const directoryDeclaration: Declaration = {
  required: ["path"],
  replaceOn: ["path"],
  outputs: ["workspacePath", "objectId"],
  local: ["deleteRecursive", "providerConfig"],
};

export const directoryOperations: Operations = {
  async create(workspace, inputs, { signal }) {
    await workspace.post("/api/2.0/workspace/mkdirs", { path: inputs.path }, signal);
    const id = String(inputs.path);
    return { id, state: { ...inputs, ...(await describeDirectory(workspace, id, signal)) } };
  },

  read(workspace, { id }, { signal }) {
    return describeDirectory(workspace, id, signal);
  },

  async update(_workspace, inputs, { state }) {
    // Only `deleteRecursive` can change, and it matters only when the folder is deleted.
    return { ...state, ...inputs };
  },

  delete(workspace, { id, state }, { signal }) {
    const body = { path: id, recursive: state.deleteRecursive === true };
    return workspace.remove("/api/2.0/workspace/delete", body, signal);
  },
};

async function describeDirectory(workspace: Workspace, id: string, signal: AbortSignal): Promise<Props | undefined> {
  const found = await workspace.find("/api/2.0/workspace/get-status", { path: id }, signal);
  return found && { path: id, objectId: found.object_id, workspacePath: `/Workspace${id}` };
}

const policyFields = [
  "name",
  "definition",
  "description",
  "libraries",
  "maxClustersPerUser",
  "policyFamilyId",
  "policyFamilyDefinitionOverrides",
];

export const policyDeclaration: Declaration = {
  required: [],
  replaceOn: [],
  outputs: ["policyId"],
  computed: ["definition"],
  local: ["providerConfig"],
  autoName: true,
};

export const policyOperations: Operations = {
  async create(workspace, inputs, { signal }) {
    const body = toApi(pick(inputs, policyFields));
    const created = await workspace.post("/api/2.0/policies/clusters/create", body, signal);
    const id = String(created.policy_id);
    return { id, state: { ...inputs, ...(await describePolicy(workspace, id, signal)) } };
  },

  read(workspace, { id }, { signal }) {
    return describePolicy(workspace, id, signal);
  },

  async update(workspace, inputs, { id }, { signal }) {
    const body = { policy_id: id, ...toApi(pick(inputs, policyFields)) };
    await workspace.post("/api/2.0/policies/clusters/edit", body, signal);
    return { ...inputs, ...(await describePolicy(workspace, id, signal)) };
  },

  delete(workspace, { id }, { signal }) {
    return workspace.remove("/api/2.0/policies/clusters/delete", { policy_id: id }, signal);
  },
};

async function describePolicy(workspace: Workspace, id: string, signal: AbortSignal): Promise<Props | undefined> {
  const found = await workspace.find("/api/2.0/policies/clusters/get", { policy_id: id }, signal);
  return found && { ...pick(fromApi(found), policyFields), policyId: id };
}
