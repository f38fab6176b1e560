import { type EngineEvent, errorsOf, type Step } from "./events";
import type { ProtectionChange } from "./model";
import { nameOf } from "./resources";

/**
 * How the engine says that it will not replace or delete a resource, with the resource's URN. It replaces one that was
 * protected and is no longer, and deletes only one that the state does not protect.
 * Source: https://github.com/pulumi/pulumi/blob/v3.259.0/pkg/resource/deploy/step_generator.go
 */
const refusal = /unable to (?:replace|delete) resource "([^"]+)"[\s\S]*?\bas it is currently marked for protection/;

/**
 * Names of the resources that the engine refuses to replace or delete, where that is all that stops it; none otherwise. A
 * preview goes on after such an error, so that its steps tell what would have been done.
 */
export function guarded(events: readonly EngineEvent[]): string[] {
  const urns = errorsOf(events).map((message) => refusal.exec(message)?.[1]);
  return urns.every((urn) => urn !== undefined) ? [...new Set(urns.map(nameOf))].sort() : [];
}

/** Resources that stay, and get or lose the protection from being replaced and deleted. The engine calls them the same. */
export function protectionChanges(steps: readonly Step[]): ProtectionChange[] {
  const kept = steps.filter(({ oldState, newState }) => oldState && newState);
  const on = (state: Step["newState"]) => state?.protect === true;
  const named = (isOn: boolean) =>
    kept
      .filter(({ oldState, newState }) => on(oldState) !== on(newState) && on(newState) === isOn)
      .map(({ urn }) => nameOf(urn));
  return [
    { isOn: false, names: named(false) },
    { isOn: true, names: named(true) },
  ].flatMap(({ isOn, names }): ProtectionChange[] =>
    names.length === 0 ? [] : [{ isOn, resources: [...new Set(names)].sort(), grade: "low", cost: costs[`${isOn}`] }],
  );
}

const costs = {
  true: "From then on, `pulumi up` refuses to replace or delete them.",
  false: "From then on, `pulumi up` replaces and deletes them like anything else.",
};
