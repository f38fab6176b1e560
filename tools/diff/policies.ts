import { existsSync } from "node:fs";
import * as path from "node:path";
import { packForEngine } from "../../local/setup/policyAnalyzer";
import { type EngineEvent, errorsOf } from "./events";
import type { PolicyFinding } from "./model";
import { nameOf } from "./resources";

/** What policies found, when the engine was given a policy pack. */
export function policyFindings(events: readonly EngineEvent[]): PolicyFinding[] {
  return events.flatMap(({ policyEvent: found }): PolicyFinding[] => {
    if (!found || found.enforcementLevel === "disabled") return [];
    return [
      {
        policy: found.policyName,
        level: found.enforcementLevel,
        ...(found.resourceUrn && { resource: nameOf(found.resourceUrn) }),
        message: found.message.trim(),
      },
    ];
  });
}

/**
 * The same findings, each with whether the base version has it in the same words.
 *
 * @param old what the policies say of the base version; nothing where nobody looked
 */
export function withOrigin(findings: readonly PolicyFinding[], old?: readonly PolicyFinding[]): PolicyFinding[] {
  if (!old) return [...findings];
  const known = old.map((finding) => JSON.stringify(finding));
  return findings.map((finding) => ({ ...finding, isOld: known.includes(JSON.stringify(finding)) }));
}

/** Whether policies stop it, and nothing else does: a program that throws beside them has planned only some of it. */
export function isForbidden(events: readonly EngineEvent[]): boolean {
  return errorsOf(events).length === 0 && policyFindings(events).some(({ level }) => level === "mandatory");
}

/** A policy pack, and what it asks of each stack. */
export interface Policies {
  /** The engine's arguments for a stack. */
  args(stack: string): string[];
}

/**
 * The policy pack in `folder`.
 *
 * @param config file with what it asks for. Default: `STACK.json` in the folder, where it is there, as `up` is given it
 * @throws Error when there is no such file
 */
export function policyPackOf(folder: string, config?: string): Policies {
  if (config !== undefined && !existsSync(config)) throw new Error(`\`--policy-pack-config\`: there is no ${config}.`);
  const pack = packForEngine(folder);
  return {
    args: (stack) => {
      const file = path.resolve(config ?? path.join(folder, `${stack.split("/").at(-1)}.json`));
      return ["--policy-pack", pack, ...(existsSync(file) ? ["--policy-pack-config", file] : [])];
    },
  };
}
