import { z } from "zod";
import { runtimeKeys } from "../components/databricks/runtime";
import { keyName, type Problem, setCommand, show } from "./problems";

export const runtimeNeeds = `one of ${runtimeKeys.join(", ")}: the long-term runtimes whose libraries are known`;

/** The Databricks runtimes that the notebooks' libraries are known for. */
export const runtimes = runtimeKeys;

export const nodeTypeNeeds = "the name of a VM size, such as Standard_D4ds_v5";
export const isNodeType = (name: string): boolean => /^Standard_[A-Z][\w-]*$/.test(name);

const nodeType = z.string(nodeTypeNeeds).refine(isNodeType, nodeTypeNeeds);
const nodeTypes = "a list of VM sizes, at least one";
const workers = "a whole number of workers from 1 to 1000";
const minutes = "a whole number of minutes from 10 to 10000";

export const policyNeeds =
  "maxWorkers, nodeTypes and maxAutoterminationMinutes, each of them or none, and nothing else";

/** The `sparkPolicy` of a stack file. What it leaves out is limited to what the stack itself uses. */
export const policy = z.strictObject(
  {
    maxWorkers: z.int(workers).min(1, workers).max(1000, workers).optional(),
    nodeTypes: z.array(nodeType, nodeTypes).min(1, nodeTypes).optional(),
    maxAutoterminationMinutes: z.int(minutes).min(10, minutes).max(10_000, minutes).optional(),
  },
  { error: policyNeeds },
);

interface SparkValues {
  sparkPolicy?: z.output<typeof policy>;
  sparkNodeType?: string;
  sparkWorkers?: number;
  sparkAutoterminationMinutes?: number;
}

/** The policy has to allow what the stack itself makes: Databricks would refuse its clusters in the middle of an `up`. */
export function sparkProblems(values: SparkValues): Problem[] {
  const { sparkPolicy, sparkNodeType, sparkWorkers, sparkAutoterminationMinutes: autotermination } = values;
  if (!sparkPolicy) return [];
  const { maxWorkers, nodeTypes: allowed, maxAutoterminationMinutes: longest } = sparkPolicy;
  const problems: Problem[] = [];
  const atLeast = (field: string, got: number | undefined, key: string, used: number | undefined) => {
    if (got === undefined || used === undefined || got >= used) return;
    problems.push({
      key: keyName("sparkPolicy", [field]),
      got: show(got),
      needs: `at least \`streaming:${key}\` (${used}), which this stack uses itself`,
      fix: [setCommand("sparkPolicy", used, [field])],
    });
  };
  atLeast("maxWorkers", maxWorkers, "sparkWorkers", sparkWorkers);
  atLeast("maxAutoterminationMinutes", longest, "sparkAutoterminationMinutes", autotermination);
  if (allowed && sparkNodeType && !allowed.includes(sparkNodeType)) {
    problems.push({
      key: keyName("sparkPolicy", ["nodeTypes"]),
      got: show(allowed),
      needs: `\`streaming:sparkNodeType\` (${sparkNodeType}) among them, which this stack uses itself`,
      fix: [setCommand("sparkPolicy", sparkNodeType, ["nodeTypes", allowed.length])],
    });
  }
  return problems;
}
