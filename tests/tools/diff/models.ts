import type { DiffReport, ResourceChange, StackReport } from "../../../tools/diff/model";

/** A report of a stack of which there is little to say, with what a test adds. */
export function stackReport(more: Partial<StackReport> = {}): StackReport {
  const standIns = { encrypted: [], missing: [] };
  const lists = { changes: [], following: [], outputs: [], configuration: [], policies: [], topics: [], standIns };
  const kept = { guarded: [], protection: [], renames: [], needed: [] };
  return { stack: "dev", grade: "low", unchanged: 3, ...lists, ...kept, ...more };
}

export function reportOf(...stacks: StackReport[]): DiffReport {
  return {
    subject: "What would be done",
    base: "main",
    head: "branch",
    grade: "low",
    stacks,
    notebooks: [],
    packages: [],
  };
}

/** A change of a resource; one of no great weight unless a test says otherwise. */
export function change(more: Partial<ResourceChange> = {}): ResourceChange {
  const where = { urn: "urn", name: "thing", type: "azure-native:network:NatGateway", components: ["kafka"] };
  return { operation: "update", properties: [], grade: "low", ...where, ...more };
}
