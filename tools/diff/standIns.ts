import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { require } from "tsx/cjs/api";
import { parse } from "yaml";
import { projectRoot } from "../../local/paths";
import { createOnce } from "../../local/setup/createOnce";
import { generateSshKeyPair, type SshKeyPair } from "../../local/setup/sshKey";
import type * as check from "../../settings/check";
import type * as keyList from "../../settings/keys";
import { isCiphertext, withoutCiphertexts } from "../stack/ciphertexts";
import { checkStack, projectDefaults } from "../stackConfiguration";
import type { DeclaredTopic } from "./topics";
import { at } from "./values";

/** A stack's configuration as the engine can run it where nobody knows the stack's secrets. */
export interface RunnableConfiguration {
  /** Values in clear, by full key. */
  values: Record<string, unknown>;
  /** Values that the engine keeps secret, by full key: whole ones only. All of them are made up. */
  secrets: Record<string, string>;
  /** Keys, or paths of their parts, with a made-up value because the real one is encrypted. */
  encrypted: string[];
  /** Keys with a made-up value because the stack file leaves them to whoever deploys. */
  missing: string[];
  /** What the report says in place of a made-up value. */
  shown: Map<string, string>;
  /** The topics that the program will declare. */
  topics: DeclaredTopic[];
}

const namespace = "streaming:";

/**
 * What a stack logs in to Azure with, and where. The services that stand for Azure have a login and a subscription of their
 * own, and would refuse this one.
 * Source: https://www.pulumi.com/registry/packages/azure-native/installation-configuration/
 */
const azureLogin =
  /^azure-native:(?:auxiliaryTenantIds|client\w+|disableInstanceDiscovery|environment|metadataHost|msiEndpoint|oidc\w+|subscriptionId|tenantId|use\w+)$/;

/**
 * Reads `Pulumi.<stack>.yaml` of a version of the project, and makes up what is encrypted or missing in it, so that the
 * program's own checks accept it. An encrypted value's stand-in comes from its ciphertext alone: it changes when that
 * changes, and only then.
 *
 * @param cache folder where made-up key pairs stay, so that the same file gives the same keys
 */
export function readConfiguration(folder: string, stack: string, cache: string): RunnableConfiguration {
  const file = `Pulumi.${stack}.yaml`;
  const { config = {} } = (parse(readFileSync(path.join(folder, file), "utf8")) ?? {}) as {
    config?: Record<string, unknown>;
  };
  const rules = rulesOf(folder, stack);
  const made: RunnableConfiguration = {
    values: {},
    secrets: {},
    encrypted: [],
    missing: [],
    shown: new Map(),
    topics: [],
  };

  for (const [key, value] of Object.entries(config)) {
    if (azureLogin.test(key)) continue;
    // What is no secret by its key is made up as its parts are: not any text will do.
    if (isCiphertext(value) && (rules.isSecret(key) || !rules.isKnown(key))) made.encrypted.push(key);
    else made.values[key] = value;
  }
  const seedOf = (key: string) => digest(isCiphertext(config[key]) ? config[key].secure : key);
  const pair = keyPair(String(config[`${namespace}sshPublicKey`] ?? ""), cache);
  const makeUp = (key: string) => {
    if (key === `${namespace}sshPrivateKey`) made.secrets[key] = pair.privateKey;
    else if (key === `${namespace}gatewayPassword`) made.secrets[key] = password(seedOf(key));
    else made.secrets[key] = `${standInName}${seedOf(key).slice(0, 24)}`;
  };
  for (const key of made.encrypted) makeUp(key);
  for (const key of Object.keys(made.values)) makeUpParts(key, made, rules);

  // Nobody has the private key here, so both halves are made up; the report shows the real public one.
  const publicKey = `${namespace}sshPublicKey`;
  if (publicKey in made.values) {
    made.shown.set(pair.publicKey, String(made.values[publicKey]).trim());
    made.values[publicKey] = pair.publicKey;
  }

  // One missing value can ask for another, such as a source of events for its token.
  for (let round = 0; round < 5; round++) {
    const { missing, topics } = rules.check(made);
    made.topics = topics;
    if (missing.length === 0) break;
    for (const key of missing) {
      made.missing.push(key);
      if (key === publicKey) made.values[key] = pair.publicKey;
      else if (rules.isSecret(key)) makeUp(key);
      else made.values[key] = rules.example(key);
    }
    makeOneIdentity(made, rules.example(`${namespace}databricksClientId`));
  }
  return made;
}

/**
 * Makes up what is encrypted of a value that is no secret by its key, each part as the checks take it there.
 *
 * @param made gets them; until all are chosen, parts that the checks refuse are among them
 */
function makeUpParts(key: string, made: RunnableConfiguration, rules: ReturnType<typeof rulesOf>): void {
  const original = made.values[key];
  const candidates = new Map<string, unknown[]>();
  withoutCiphertexts(original, key, (path, ciphertext) => candidates.set(path, partsOf(digest(ciphertext))));
  if (candidates.size === 0) return;
  const fill = () => {
    made.values[key] = withoutCiphertexts(original, key, (path) => candidates.get(path)?.[0]);
  };
  fill();
  for (const [path, texts] of candidates) {
    const example = rules.exampleAt(path);
    // Lists and objects are encrypted as a whole or not at all.
    if (example !== undefined) texts.push(path === key ? example : String(example));
    const [first] = texts;
    while (texts.length > 0 && rules.check(made).refused.includes(path)) {
      texts.shift();
      fill();
    }
    // Where none will do, the program says what is needed there.
    if (texts.length === 0) texts.push(first);
    fill();
    made.encrypted.push(path);
    if (String(texts[0]).includes(standInName)) made.shown.set(String(texts[0]), encryptedPart);
  }
}

const standInName = "stand-in-";
const encryptedPart = "[encrypted]";

/** What may stand for an encrypted part, whatever it is: a text, an address of a script, of a person, of a network. */
function partsOf(seed: string): string[] {
  const name = `${standInName}${seed.slice(0, 24)}`;
  // The query stands for a signature, for whose sake such an address is encrypted. The range is for documentation.
  const host = Number.parseInt(seed.slice(0, 4), 16) % 256;
  return [name, `https://example.com/${name}.sh?signature`, `${name}@example.com`, `198.51.100.${host}/32`];
}

/**
 * With the login of an application or a managed identity, Databricks' user has to be that one (settings/databricks.ts).
 *
 * @param example id of an application, where neither of the two is known
 */
function makeOneIdentity({ values, missing }: RunnableConfiguration, example: unknown): void {
  const [user, application, login] = ["databricksUser", "databricksClientId", "databricksAuthType"].map(
    (key) => `${namespace}${key}`,
  );
  const isPerson = ["azure-cli", "pat", undefined].includes(values[login] as string | undefined);
  if (missing.includes(user)) values[user] = values[application] ?? (isPerson ? values[user] : example);
  // A version of the program from before `ARM_CLIENT_ID` could stand for it asks for it.
  else if (missing.includes(application)) values[application] = values[user];
}

/**
 * The rules of that version of the program; of this one where that version does not have them in a place of their own. Its
 * keys are its own in any case: a newer one, it would refuse.
 */
function rulesOf(folder: string, stack: string) {
  const load = (file: string) => {
    const own = existsSync(path.join(folder, "settings", file)) ? folder : projectRoot;
    return require(path.join(own, "settings", file), __filename);
  };
  const { checkConfiguration } = load("check.ts") as typeof check;
  const { keys } = load("keys.ts") as typeof keyList;
  const known: Record<string, keyList.Key> = keys;
  const defaults = projectDefaults(folder);
  const bare = (key: string) => key.slice(namespace.length);
  return {
    isKnown: (key: string) => bare(key) in known,
    isSecret: (key: string) => known[bare(key)]?.secret === true,
    example: (key: string) => known[bare(key)]?.example,
    /** The part of a key's example, whose lists have one element that stands for all. */
    exampleAt(part: string): unknown {
      const [, key = "", rest = ""] = /^([^.[]+)(.*)$/.exec(bare(part)) ?? [];
      return at({ example: known[key]?.example }, `example${rest.replaceAll(/\[\d+\]/g, "[0]")}`);
    },
    /** What the program's checks make of it, and the full keys, with their paths, that they miss or refuse. */
    check(made: Pick<RunnableConfiguration, "values" | "secrets">) {
      const config = { ...made.values, ...made.secrets };
      const { values, problems } = checkStack(
        stack,
        config,
        new Set(Object.keys(made.secrets)),
        defaults,
        checkConfiguration,
      );
      const refused = problems.filter(({ got }) => got !== "nothing").map(({ key }) => key);
      const missing = problems.filter(({ key, got }) => got === "nothing" && bare(key) in known).map(({ key }) => key);
      return { missing, refused, topics: values.topics ?? [] };
    },
  };
}

function keyPair(seed: string, cache: string): SshKeyPair {
  const file = path.join(cache, "keys", `${digest(seed).slice(0, 32)}.json`);
  return JSON.parse(createOnce(file, () => JSON.stringify(generateSshKeyPair("stand-in")))) as SshKeyPair;
}

/** Of every kind of character that is asked for, and with no three in a row that a user name could have. */
function password(seed: string): string {
  const special = "!#$%&()*+,-:;<=>";
  return `Q7x${[...seed.slice(0, 24)].map((digit) => special[Number.parseInt(digit, 16)]).join("")}`;
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
