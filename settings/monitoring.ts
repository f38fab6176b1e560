import { z } from "zod";
import { keyName, type Problem, setCommand } from "./problems";

const workspaceId =
  /^\/subscriptions\/[0-9a-f-]{36}\/resourceGroups\/[^/]+\/providers\/Microsoft\.OperationalInsights\/workspaces\/[a-z\d][a-z\d-]{2,61}[a-z\d]$/i;

const needs =
  "none, new, or the resource id of a Log Analytics workspace (az monitor log-analytics workspace show --query id)";

/** The `logAnalytics` of a stack: no workspace, one of its own, or one that is there. */
export const logAnalytics = z
  .string()
  .refine((value) => /^(?:none|new)$/.test(value) || workspaceId.test(value), needs);

/** Logs that are asked for need somewhere to go: nobody should look for them in vain. */
export function logProblems({
  logAnalytics,
  logKafka,
}: Partial<Pick<LogValues, "logAnalytics" | "logKafka">>): Problem[] {
  if (logAnalytics !== "none" || logKafka !== "true") return [];
  return [
    {
      key: keyName("logAnalytics"),
      got: '"none"',
      needs: "a workspace (new, or the resource id of one), because `streaming:logKafka` is true",
      fix: [setCommand("logAnalytics", "new")],
    },
  ];
}

interface LogValues {
  logAnalytics: string;
  logKafka: "true" | "false";
  logRetentionDays: number;
}

/** Where logs go, and whose; nothing where there are to be none. */
export function logSettings(
  { logAnalytics: value, logKafka, logRetentionDays: retentionDays }: LogValues,
  stack: string,
) {
  if (value === "none") return undefined;
  const name = `streaming-${stack.replaceAll(/[^a-zA-Z\d-]/g, "-")}`;
  const workspace: LogWorkspace =
    value === "new" ? { workspaceName: `${name.slice(0, 58)}-logs`, retentionDays } : { workspaceId: value };
  return { workspace, kafka: logKafka === "true" };
}

/** A Log Analytics workspace to make, or the ARM id of one that is there. */
export type LogWorkspace = { workspaceName: string; retentionDays: number } | { workspaceId: string };
