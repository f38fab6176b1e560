import { existsSync, readdirSync } from "node:fs";
import { Argument, Command } from "commander";
import { projectRoot } from "../local/paths";
import { azureLogin, pulumiFindings, subscriptionFindings } from "./doctor/azure";
import { faultDomainFinding } from "./doctor/faultDomains";
import type { Section } from "./doctor/finding";
import { localFindings } from "./doctor/local";
import { stackQuotaFindings } from "./doctor/quota";
import { toText } from "./doctor/render";
import { stackFindings } from "./doctor/stack";
import { stackFile } from "./stackConfiguration";

interface Flags {
  stack?: string[];
  json?: boolean;
}

const program = new Command("doctor")
  .description(
    "Says what is missing: for the local environment, and for Azure, whose login it uses where there is one. Changes\n" +
      "nothing. Ends with 0 when nothing has to be put right, else with 1.",
  )
  .addArgument(new Argument("[where]", "look only at one of the two").choices(["local", "azure"]))
  .option("--stack <name...>", "stacks to look at (default: every one that has a file here)")
  .option("--json", "findings for programs");

async function main(where: string | undefined, flags: Flags): Promise<number> {
  const stacks = flags.stack ?? allStacks();
  for (const stack of stacks) {
    if (!existsSync(stackFile(stack)))
      throw new Error(`There is no \`${stackFile(stack)}\`, so no stack \`${stack}\`.`);
  }
  const sections: Section[] = [];
  if (where !== "azure" && (!flags.stack || stacks.includes("local"))) {
    const { findings, values } = await stackFindings("local");
    sections.push({
      title: "Local environment (npm start)",
      findings: [...(await localFindings(values)), ...findings],
    });
  }
  const onAzure = stacks.filter((stack) => stack !== "local");
  if (where !== "local" && onAzure.length > 0) sections.push(...(await azureSections(onAzure)));
  console.log(flags.json ? JSON.stringify(sections, null, 2) : toText(sections));
  return sections.some(({ findings }) => findings.some(({ level }) => level === "problem")) ? 1 : 0;
}

async function azureSections(stacks: string[]): Promise<Section[]> {
  const { finding, login } = await azureLogin();
  const own = await Promise.all(stacks.map(async (stack) => ({ stack, ...(await stackFindings(stack)) })));
  const needs = {
    logs: own.some(({ values }) => values.logAnalytics !== undefined && values.logAnalytics !== "none"),
    roles: own.some(({ values }) => values.kafkaStorageAccess === "identity"),
  };
  const shared = [...(await pulumiFindings()), finding, ...(login ? await subscriptionFindings(login, needs) : [])];
  const ofStacks = own.map(async ({ stack, findings, values }) => {
    const more = login
      ? [...(await stackQuotaFindings(login, stack, values)), await faultDomainFinding(login, values)]
      : [];
    return { title: `Stack ${stack}`, findings: [...findings, ...more] };
  });
  return [{ title: "Azure", findings: shared }, ...(await Promise.all(ofStacks))];
}

/** The stacks that have a file here. */
function allStacks(): string[] {
  const names = readdirSync(projectRoot).map((name) => /^Pulumi\.([\w.-]+)\.yaml$/.exec(name)?.[1]);
  return names.filter((name) => name !== undefined);
}

program.parse();
main(program.args[0], program.opts<Flags>())
  .catch((error: Error) => {
    console.error(error.message);
    return 2;
  })
  .then((code) => {
    process.exitCode = code;
  });
