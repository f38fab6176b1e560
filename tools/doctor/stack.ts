import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { projectRoot } from "../../local/paths";
import type { CheckedValues } from "../../settings/check";
import { describeProblem } from "../../settings/problems";
import { stackCli } from "../diff/deployed";
import { hasCiphertext } from "../stack/ciphertexts";
import { checkStack, stackFile } from "../stackConfiguration";
import { type Finding, firstLine, ok, problem, unknown } from "./finding";

/** Secrets that the local environment makes for itself. */
const ofLocal = ["gatewayPassword", "sshPrivateKey", "sshPublicKey", "twitterBearerToken"];

/** Shows a stack's configuration with its secrets, as JSON; rejects without the login that this needs. */
export type ShowConfiguration = (stack: string) => Promise<string>;

/** The Pulumi CLI's own way; the secrets stay in this process. */
const showConfiguration: ShowConfiguration = async (stack) => {
  const pulumi = await stackCli(stack);
  const { stdout, failure } = await pulumi(["config", "--show-secrets", "--json", "--non-interactive"]);
  if (failure !== undefined) throw new Error(failure);
  return stdout;
};

/**
 * What is wrong with a stack's configuration, and its values as far as they are good.
 *
 * @param show tells the secrets; where it cannot, what is encrypted counts as unknown
 */
export async function stackFindings(
  stack: string,
  show: ShowConfiguration = showConfiguration,
  folder = projectRoot,
): Promise<{ findings: Finding[]; values: Partial<CheckedValues> }> {
  const { config = {} } = (parse(readFileSync(stackFile(stack, folder), "utf8")) ?? {}) as {
    config?: Record<string, unknown>;
  };
  const encrypted = Object.keys(config).filter((key) => hasCiphertext(config[key]));
  const hidden = stack === "local" ? ofLocal.map((key) => `streaming:${key}`) : [];
  const findings: Finding[] = [];
  const known: Record<string, unknown> = { ...config };
  if (encrypted.length > 0) {
    try {
      const shown = JSON.parse(await show(stack)) as Record<string, { value?: unknown }>;
      for (const key of encrypted) known[key] = shown[key]?.value;
    } catch (error) {
      hidden.push(...encrypted);
      for (const key of encrypted) delete known[key];
      findings.push(unknown("Secrets", `${encrypted.join(", ")} could not be looked at: ${firstLine(error)}`));
    }
  }
  const { values, problems } = checkStack(stack, known, new Set(encrypted));
  const open = problems.filter(({ key, got }) => !(got === "nothing" && hidden.includes(key)));
  const missing = open.filter(({ got }) => got === "nothing").map(({ key }) => key);
  const wrong = open.filter(({ got }) => got !== "nothing");
  if (missing.length > 0) {
    findings.push(
      problem("Configuration", `${missing.join(", ")} ${missing.length === 1 ? "is" : "are"} to be set`, [
        `pulumi config set KEY VALUE --stack ${stack}   # the head of Pulumi.${stack}.yaml says how`,
        "npm run new-stack -- NAME                      # or an environment of your own: it asks",
      ]),
    );
  }
  for (const one of wrong) findings.push(problem("Configuration", describeProblem(one, stack)));
  if (open.length === 0) findings.push(ok("Configuration", "the program's checks find nothing wrong"));
  return { findings, values };
}
