import { existsSync } from "node:fs";
import * as prompts from "@clack/prompts";
import { generatePassword } from "../../local/setup/password";
import { type Key, keys } from "../../settings/keys";
import type { Problem } from "../../settings/problems";
import { type Draft, valueText } from "./draft";
import { expandHome, makeSshKey, readSshKey } from "./sshKey";

/** Asks a person. Each resolves with the answer, or rejects with `Cancelled`. */
export interface Prompts {
  text(question: Question): Promise<string>;
  secret(question: Question): Promise<string>;
  confirm(message: string): Promise<boolean>;
  note(text: string): void;
}

interface Question {
  message: string;
  placeholder?: string;
  initialValue?: string;
  /** What is wrong with an answer; undefined when it is good. */
  validate?(answer: string): string | undefined;
}

/** The person gave up; nothing was made. */
export class Cancelled extends Error {
  constructor() {
    super("Cancelled. Nothing was made.");
  }
}

/** Questions on the terminal. */
export const terminal: Prompts = {
  text: async ({ validate, ...question }) => answer(await prompts.text({ ...question, validate: checking(validate) })),
  secret: async ({ message, validate }) => answer(await prompts.password({ message, validate: checking(validate) })),
  confirm: async (message) => answer(await prompts.confirm({ message })),
  note: (text) => prompts.log.info(text),
};

const checking = (validate: Question["validate"]) => (text: string | undefined) => validate?.(text ?? "");

function answer<T>(value: T | typeof prompts.CANCEL_SYMBOL): T {
  if (prompts.isCancel(value)) throw new Cancelled();
  return value;
}

/** Puts right what a draft lacks, one question at a time, until the program's checks find nothing more. */
export async function complete(draft: Draft, descriptions: Map<string, string>, prompts: Prompts): Promise<void> {
  for (let problems = draft.problems(); problems[0]; problems = draft.problems()) {
    await solve(problems[0], draft, descriptions, prompts);
  }
}

async function solve(problem: Problem, draft: Draft, descriptions: Map<string, string>, prompts: Prompts) {
  const key = problem.key.replace(/^streaming:/, "").replace(/[.[].*$/, "");
  if (problem.got !== "nothing") prompts.note(`${problem.key}: got ${problem.got}, needs ${problem.needs}.`);
  if (key === "sshPublicKey" || key === "sshPrivateKey") return askForSshKey(draft, prompts);

  const known = (keys as Record<string, Key>)[key];
  const description = descriptions.get(key) ?? problem.needs;
  const message = `${problem.key.replace(/[.[].*$/, "")}: ${description.replace(/^Secret\. |\.? Required(?=[;.])/g, "")}`;
  if (known?.secret) {
    const canBeMade = key === "gatewayPassword";
    const secret = await prompts.secret({
      message: canBeMade ? `${message} Leave it empty to have one made; \`pulumi config get\` shows it.` : message,
      validate: (text) => (canBeMade && text === "" ? undefined : wrong(known, text)),
    });
    draft.set(key, secret || generatePassword(["admin", "sshuser"]));
    return;
  }
  const example = known?.example ?? "westeurope";
  const isList = Array.isArray(example);
  const text = await prompts.text({
    message: isList ? `${message} Separate them by commas.` : message,
    placeholder: isList ? example.join(", ") : String(example),
    validate: (given) => wrong(known, valueText(key, given)),
  });
  draft.set(key, text);
}

/** What a key needs, when a text is not that. */
function wrong(key: Key | undefined, text: string): string | undefined {
  if (!key) return text ? undefined : "It needs a value.";
  const result = key.schema.safeParse(text);
  return result.success ? undefined : `It needs to be ${result.error.issues[0]?.message}.`;
}

async function askForSshKey(draft: Draft, prompts: Prompts): Promise<void> {
  const file = expandHome(
    await prompts.text({
      message: "File of the private SSH key, without a passphrase. Topics are created with it; it is kept encrypted.",
      initialValue: "~/.ssh/streaming",
      validate: (given) => {
        const named = expandHome(given);
        if (!existsSync(named)) return undefined;
        try {
          readSshKey(named);
          return undefined;
        } catch (error) {
          return (error as Error).message;
        }
      },
    }),
  );
  if (!existsSync(file) && !(await prompts.confirm(`There is no ${file}. Make a new key pair there?`))) {
    return askForSshKey(draft, prompts);
  }
  const pair = existsSync(file) ? readSshKey(file) : makeSshKey(file, "streaming");
  draft.set("sshPublicKey", pair.publicKey);
  draft.set("sshPrivateKey", pair.privateKey);
}
