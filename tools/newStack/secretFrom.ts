import { readFileSync } from "node:fs";
import { generatePassword } from "../../local/setup/password";
import { expandHome } from "./sshKey";

/**
 * A secret from where `source` says it is: `env:VARIABLE`, `file:PATH`, or `generate` for a new password. Never from the
 * command line itself, which every user of the machine can read.
 *
 * @throws Error when there is nothing there, or the source is of no such form; it does not repeat what it was given,
 * which may be the secret
 */
export function secretFrom(key: string, source: string, env: NodeJS.ProcessEnv = process.env): string {
  const [kind, place = ""] = split(source);
  if (source === "generate" && key === "gatewayPassword") return generatePassword(["admin", "sshuser"]);
  if (kind === "file") return readFileSync(expandHome(place), "utf8").trimEnd();
  if (kind !== "env") {
    const generate = key === "gatewayPassword" ? ", or generate" : "";
    throw new Error(`--secret ${key}= needs env:VARIABLE or file:PATH${generate} after it, never the secret itself.`);
  }
  const value = env[place];
  if (!value) throw new Error(`--secret ${key}=env:${place}: \`${place}\` is not set.`);
  return value;
}

function split(source: string): string[] {
  const colon = source.indexOf(":");
  return colon < 0 ? [source] : [source.slice(0, colon), source.slice(colon + 1)];
}
