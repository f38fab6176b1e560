import { existsSync, readFileSync } from "node:fs";
import { Command, InvalidArgumentError } from "commander";
import { projectRoot } from "../local/paths";
import type { Problem } from "../settings/problems";
import { declaredKeys } from "./configDoc/declared";
import { complete, terminal } from "./newStack/ask";
import { createStack } from "./newStack/create";
import { Draft } from "./newStack/draft";
import { checkLogin, pulumiIn } from "./newStack/pulumi";
import { secretFrom } from "./newStack/secretFrom";
import { expandHome, readSshKey } from "./newStack/sshKey";
import { stackFile } from "./stackConfiguration";

interface Flags {
  from: string;
  set: [string, string][];
  secret: [string, string][];
  sshKey?: string;
  secretsProvider?: string;
  questions: boolean;
}

/** Collects `KEY=VALUE` of an option that may be given often. */
function pair(text: string, before: [string, string][]): [string, string][] {
  const [, key, value] = /^([\w:-]+)=(.*)$/s.exec(text) ?? [];
  if (key === undefined || value === undefined) throw new InvalidArgumentError("It needs to be KEY=VALUE.");
  return [...before, [key.replace(/^streaming:/, ""), value]];
}

function stackName(text: string): string {
  if (/^(?:[\w.-]+\/){0,2}[\w.-]{1,100}$/.test(text)) return text;
  throw new InvalidArgumentError("It needs to be letters, digits, hyphens, underscores and periods.");
}

const program = new Command("new-stack")
  .description(
    "Makes an environment: a stack, and its complete Pulumi.<name>.yaml with secrets encrypted by Pulumi. Asks for what\n" +
      "has to be decided; nothing is made before the program's own checks find nothing wrong.",
  )
  .argument("<name>", "the stack's name, such as staging", stackName)
  .option("--from <stack>", "environment to start from: dev (small), prod (protected) or another stack here", "dev")
  .option("--set <key=value>", "sets a key; lists and objects as JSON. May be repeated", pair, [])
  .option("--secret <key=source>", "sets a secret from env:VARIABLE or file:PATH. May be repeated", pair, [])
  .option("--ssh-key <file>", "private SSH key without a passphrase; sets sshPublicKey and sshPrivateKey")
  .option("--secrets-provider <how>", "how secrets are encrypted, as for `pulumi stack init`")
  .option("--no-questions", "fail with all that is missing instead of asking; so it is without a terminal");

async function main(stack: string, flags: Flags): Promise<void> {
  const file = stackFile(stack);
  if (existsSync(file)) {
    throw new Error(`\`${file}\` is there already. Change it with \`pulumi config set --stack ${stack}\`.`);
  }
  const pulumi = pulumiIn(projectRoot);
  await checkLogin(pulumi, flags.secretsProvider);

  const declared = declaredKeys();
  const draft = new Draft(stack, baseText(flags.from), `Made from Pulumi.${flags.from}.yaml.`);
  for (const [key, value] of flags.set) draft.set(key, value);
  for (const [key, source] of flags.secret) draft.set(key, secretFrom(key, source));
  if (flags.sshKey) {
    const { publicKey, privateKey } = readSshKey(expandHome(flags.sshKey));
    draft.set("sshPublicKey", publicKey);
    draft.set("sshPrivateKey", privateKey);
  }
  if (flags.questions && process.stdin.isTTY && !process.env.CI) {
    await complete(draft, new Map(declared.map(({ name, description }) => [name, description])), terminal);
  }
  const problems = draft.problems();
  if (problems.length > 0) throw new Error(describe(problems, stack));

  await createStack(projectRoot, stack, draft, flags.secretsProvider, pulumi);
  console.log(`Pulumi.${stack.split("/").at(-1)}.yaml is complete. Next:

  npm run doctor -- --stack ${stack}     # what Azure still lacks
  pulumi preview --stack ${stack}         # what would be made
  pulumi up --stack ${stack}              # about 35 minutes`);
}

function baseText(from: string): string {
  const file = stackFile(from);
  if (!existsSync(file)) throw new Error(`--from ${from}: there is no \`${file}\`.`);
  return readFileSync(file, "utf8");
}

/** All of it, each with the option that puts it right. */
function describe(problems: Problem[], stack: string): string {
  const list = problems.map(({ key, got, needs }, at) => {
    const bare = key.replace(/^streaming:/, "");
    return `${at + 1}. \`${key}\`: got ${got}, needs ${needs}.\n     ${optionFor(bare)}`;
  });
  const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
  return `${count} in what stack ${stack} would be; nothing was made:\n\n${list.join("\n\n")}`;
}

function optionFor(key: string): string {
  if (key.startsWith("ssh") && key.endsWith("Key")) return "--ssh-key FILE";
  if (key === "gatewayPassword") return "--secret gatewayPassword=env:VARIABLE, or --secret gatewayPassword=generate";
  const { key: known } = declaredKeys().find(({ name }) => name === key.replace(/[.[].*$/, "")) ?? {};
  if (known?.secret) return `--secret ${key}=env:VARIABLE`;
  const example = known?.example ?? "westeurope";
  return `--set '${key.replace(/[.[].*$/, "")}=${typeof example === "string" ? example : JSON.stringify(example)}'`;
}

program.parse();
main(program.args[0] as string, program.opts<Flags>()).catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
