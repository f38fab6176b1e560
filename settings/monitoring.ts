import { z } from "zod";

const workspaceId =
  /^\/subscriptions\/[0-9a-f-]{36}\/resourceGroups\/[^/]+\/providers\/Microsoft\.OperationalInsights\/workspaces\/[a-z\d][a-z\d-]{2,61}[a-z\d]$/i;

const needs =
  "none, new, or the resource id of a Log Analytics workspace (az monitor log-analytics workspace show --query id)";

/** The `logAnalytics` of a stack: no workspace, one of its own, or one that is there. */
export const logAnalytics = z
  .string()
  .refine((value) => /^(?:none|new)$/.test(value) || workspaceId.test(value), needs);

/** The workspace as the component takes it; nothing where there is to be none. */
export function logWorkspace(value: string, stack: string, retentionDays: number): LogWorkspace | undefined {
  if (value === "none") return undefined;
  if (value !== "new") return { workspaceId: value };
  const name = `streaming-${stack.replaceAll(/[^a-zA-Z\d-]/g, "-")}`;
  return { workspaceName: `${name.slice(0, 58)}-logs`, retentionDays };
}

/** A Log Analytics workspace to make, or the ARM id of one that is there. */
export type LogWorkspace = { workspaceName: string; retentionDays: number } | { workspaceId: string };
