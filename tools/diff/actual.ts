import type { Step } from "./events";
import type { Deployment } from "./sandbox";
import { hasUnknown } from "./values";

/** What a deployment changes: the steps, and the outputs before and after. */
export interface Effects {
  steps: Step[];
  outputs: Record<"before" | "after", Record<string, unknown>>;
}

/** What the preview alone says: all there is when the deployment did not get to its end. */
export function expected({ planned, outputs }: Deployment): Effects {
  return { steps: planned, outputs: { before: outputs.before, after: outputs.planned } };
}

/**
 * What preview and deployment say together. What happens, and to which properties, is the deployment's word: what only
 * waited for something turns out to be as it was. Values are the preview's, since those that it does not know are the
 * control plane's own inventions: a new cluster has other addresses on Azure.
 */
export function actual(deployment: Deployment): Effects {
  const { planned, taken, outputs } = deployment;
  if (taken.length === 0) return expected(deployment);
  const states = new Map(planned.map((step) => [step.urn, step]));
  const steps = taken.map((step): Step => {
    const { oldState, newState } = states.get(step.urn) ?? {};
    return {
      ...step,
      ...(step.oldState && { oldState: oldState ?? step.oldState }),
      ...(step.newState && { newState: newState ?? step.newState }),
    };
  });
  // Where no resource is another one, nothing is invented either.
  const isNew = steps.some(({ op }) => op === "create" || op === "create-replacement");
  return { steps, outputs: { before: outputs.before, after: isNew ? outputs.planned : known(outputs) } };
}

/** The outputs that the preview expects, with the deployment's values for those that it does not know. */
function known({ planned, after }: Deployment["outputs"]): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(planned).map(([name, value]) => {
      return [name, hasUnknown(value) ? after[name] : value];
    }),
  );
}
