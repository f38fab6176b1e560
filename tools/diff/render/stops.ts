import type { PolicyFinding, StackReport } from "../model";
import type { Code } from "./differences";
import { isStopped, isWhollyRefused } from "./grades";
import { few } from "./words";

interface PolicyLines {
  /** That `up` refuses it, and what stands after that; nothing where the policies refuse nothing. */
  lead?: [before: string, after: string];
  /** What this version brings. */
  fresh: string[];
  /** What the base version breaks, too. */
  old: string[];
}

/** What stops `up`, or has to be known before what it does: sentences of one form of the report. */
export function stopsOf(stack: StackReport, code: Code) {
  return {
    guarded: guardedLine(stack, code),
    policies: policyLines(stack, code),
    refusal: refusalLines(stack, code),
    renames: renameLines(stack, code),
    notCompared: notComparedLines(stack, code),
    needed: neededLines(stack, code),
    protection: protectionLines(stack, code),
  };
}

/** What the policies refuse, and what they would like. */
function policyLines({ policies }: StackReport, code: Code): PolicyLines {
  const text = ({ policy, level, resource, message }: PolicyFinding) =>
    `policy ${code(policy)} (${level})${resource ? ` on ${code(resource)}` : ""}: ${code(message.replace(/\s+/g, " "))}`;
  const mandatory = policies.filter(({ level }) => level === "mandatory");
  const names = (list: PolicyFinding[]) => [...new Set(list.map(({ policy }) => code(policy)))].join(", ");
  const fresh = mandatory.filter(({ isOld }) => !isOld);
  const refuses = "`pulumi up` with the policies refuses this, and changes nothing:";
  const lead =
    mandatory.length === 0
      ? undefined
      : fresh.length === 0
        ? `${refuses} as the base version does, it breaks ${names(mandatory)}.`
        : `${refuses} it breaks ${names(fresh)}.`;
  const of = (isOld: boolean) => policies.filter((finding) => (finding.isOld ?? false) === isOld).map(text);
  const after = "What follows is what it would do without the policies.";
  return { ...(lead && { lead: [lead, after] }), fresh: of(false), old: of(true) };
}

/** What is planned, and what became of it, where `up` stops half-way; the message comes between the two. */
function refusalLines(stack: StackReport, code: Code): { before: string; message: string; after: string } | undefined {
  if (!stack.refusal) return undefined;
  const { resources, message } = stack.refusal;
  const what = resources.length > 0 ? few(resources.map(code)).join(", ") : "something that it does not name";
  const isAll = isWhollyRefused(stack);
  return {
    before: `\`pulumi up\` stops ${isAll ? "before anything is changed" : "half-way"}. Services that stand for Azure's, or a script of the program, refuse ${what}:`,
    message,
    after: isAll
      ? "What follows is what the engine planned."
      : "What follows is what the engine planned. What it had done by then stays done; the rest is not.",
  };
}

/** Components that should get an alias. */
function renameLines({ renames }: StackReport, code: Code): string[] {
  return renames.map(
    ({ before, after }) =>
      `All in ${code(before)} is to be deleted, and the same to be created in ${code(after)}. If ${code(after)} is only its new name, give the component ` +
      `the option ${code(`aliases: [{ name: "${before}" }]`)}: then it keeps what it has.`,
  );
}

/** What the engine refuses for the sake of protected resources, and how to go on. */
function guardedLine({ guarded }: StackReport, code: Code): string | undefined {
  if (guarded.length === 0) return undefined;
  const [are, them] = guarded.length === 1 ? ["is", "it"] : ["are", "them"];
  return (
    `\`pulumi up\` refuses this, and changes nothing: ${guarded.map(code).join(", ")} ${are} protected. Where it is meant, ` +
    `take the protection off ${them} first, in a change that is deployed by itself (\`streaming:protect\` is "false"). ` +
    "This one then does what follows."
  );
}

/** Keys that somebody has to set first, a sentence for each. */
function neededLines({ needed }: StackReport, code: Code): string[] {
  return needed.map((key) => `${code(key)} has to be set before \`pulumi up\`, which stops without it.`);
}

/** Which resources get or lose their protection, a sentence for each way. */
function protectionLines(stack: StackReport, code: Code): string[] {
  const isOnly = isStopped(stack);
  return stack.protection.map(({ isOn, resources, cost = "" }) => {
    const are = resources.length === 1 ? "is" : "are";
    const happens = isOn
      ? `${isOnly ? "would be" : are} protected from being replaced and deleted`
      : isOnly
        ? "would no longer be protected"
        : `${are} not protected any longer`;
    return `${resources.map(code).join(", ")} ${happens}. ${cost}`;
  });
}

/** What could not be compared with the last deployment, a sentence for each. */
function notComparedLines({ notCompared = [] }: StackReport, code: Code): string[] {
  const history = `${code("pulumi stack history")} tells of no deployment that succeeded`;
  const sentences = {
    keys: `Keys of the configuration are not compared, since ${history}.`,
    topics:
      `What happens to topics is not told: their script is run anew, ${history}, and no output lists them. ` +
      `Look for topics that are marked ${code("deleted: true")}, have less retention or fewer partitions.`,
  };
  return notCompared.map((what) => sentences[what]);
}
