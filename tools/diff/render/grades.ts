import type { DiffReport, Grade, StackReport } from "../model";
import { hasProvider } from "../packages";

const gradeMeaning: Record<Grade, string> = {
  none: "nothing changes",
  low: "nothing stops",
  disruptive: "something stops for a while, or somebody has to act",
  destructive: "data is lost",
};

const driftMeaning: Record<Grade, string> = {
  none: "all is as the code says",
  low: "nothing stands still, and nothing stops when `pulumi up --refresh` undoes it",
  disruptive: "something does not work, or stops for a while when `pulumi up --refresh` undoes it",
  destructive: "data is lost already, or will be when `pulumi up --refresh` undoes it",
};

/** How bad it is, in a heading. What could not be compared is graded as the worst, and is not called so. */
export function gradeWord(grade: Grade, stacks: readonly StackReport[]): string {
  return isUntold(grade, stacks) ? "cannot be told" : grade;
}

/** What that means, in a sentence. */
export function meaning({ grade, stacks, packages }: DiffReport): string {
  const untold = "a version cannot be compared, so that it may do anything";
  if (isUntold(grade, stacks)) return untold;
  const bad = stacks.filter((stack) => stack.grade === grade && !stack.failure);
  if (stacks.some(({ isDrift }) => isDrift)) return driftMeaning[grade];
  const also = stacks.some(({ failure }) => failure) ? `; ${untold}` : "";
  if (grade === "destructive") {
    // The worst of them is what has to be known.
    if (bad.some((stack) => !isStopped(stack))) return `data is lost${also}`;
    const isHalf = bad.some((stack) => stack.refusal && !isWhollyRefused(stack));
    return `${isHalf ? "what is planned loses data, and `pulumi up` stops half-way" : "data would be lost, but `pulumi up` refuses it"}${also}`;
  }
  const isStill = stacks.every(isEmpty);
  return isStill && hasProvider(packages) ? "nothing changes, as far as stand-ins can tell" : gradeMeaning[grade];
}

function isUntold(grade: Grade, stacks: readonly StackReport[]): boolean {
  const bad = stacks.filter((stack) => stack.grade === grade);
  return bad.length > 0 && bad.every(({ failure }) => failure);
}

/** Whether `up` refuses it as a whole, or stops half-way. */
export function isStopped({ guarded, refusal, policies }: StackReport): boolean {
  return guarded.length > 0 || refusal !== undefined || policies.some(({ level }) => level === "mandatory");
}

/** Whether all that would change is refused, so that `up` stops before it changes anything. */
export function isWhollyRefused({ refusal, changes }: StackReport): boolean {
  return refusal !== undefined && refusal.resources.length > 0 && changes.every(({ isRefused }) => isRefused);
}

/** Whether there is anything to say of a stack beside its counts. */
export function isQuiet(stack: StackReport): boolean {
  return isEmpty(stack) && stack.configuration.length === 0 && !stack.notCompared?.length;
}

/** Whether nothing happens to a stack, whatever its configuration says. */
function isEmpty({ failure, isRemoved, changes, outputs, topics, policies, protection, needed }: StackReport): boolean {
  return (
    !failure &&
    !isRemoved &&
    [changes, outputs, topics, policies, protection, needed].every((list) => list.length === 0)
  );
}
