import { existsSync, readFileSync } from "node:fs";
import { z } from "zod";

const resultShape = z.discriminatedUnion("outcome", [
  z.object({ outcome: z.literal("SUCCESS"), exitValue: z.string().optional() }),
  z.object({
    outcome: z.literal("FAILED"),
    message: z.string(),
    cell: z.number().optional(),
    trace: z.string().optional(),
  }),
  z.object({ outcome: z.literal("CANCELED") }),
]);

/** How a run ended. `exitValue` is what the notebook gave to `dbutils.notebook.exit`; `cell` counts from 1. */
export type RunResult = z.infer<typeof resultShape>;

export interface ProcessEnding {
  code: number | null;
  signal: NodeJS.Signals | null;
  /** Whether the run was told to end. */
  canceled: boolean;
}

/** What the runner reported, or what can be said about a process that ended before it could. */
export function readResult(resultFile: string, logFile: string, ending: ProcessEnding): RunResult {
  if (existsSync(resultFile)) return resultShape.parse(JSON.parse(readFileSync(resultFile, "utf8")));
  if (ending.canceled) return { outcome: "CANCELED" };
  const how = ending.signal ? `was ended by ${ending.signal}` : `exited with ${ending.code}`;
  const said = readFileSync(logFile, "utf8").trimEnd().split("\n").slice(-10).join("\n");
  return {
    outcome: "FAILED",
    message: `The notebook's process ${how} without a result.${said && ` Its last lines:\n${said}`}`,
  };
}
