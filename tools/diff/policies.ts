import type { EngineEvent } from "./events";
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
