import { type Document, isMap, isNode, parseDocument, type YAMLMap } from "yaml";
import { type Key, keys } from "../../settings/keys";
import type { Problem } from "../../settings/problems";
import { hasCiphertext } from "../stack/ciphertexts";
import { checkStack } from "../stackConfiguration";

const namespace = "streaming:";

/** Keys of the file copied from that belong to its own stack: another stack must not share them. */
const personal = ["streaming:kafkaClusterName", "streaming:sshPublicKey"];

/** A stack file in the making: what it takes from another one, and what a person adds. Secrets are kept beside it. */
export class Draft {
  private readonly document: Document;
  private readonly secrets = new Map<string, string>();

  /**
   * @param stack name of the new stack
   * @param base text of the stack file to start from; its comments stay, keys with a secret in them do not: it is
   *   another stack's
   * @param header comment for the head of the new file, without `#`
   * @param defaults what keys have that no stack file sets, by full key; else as `Pulumi.yaml` says
   */
  constructor(
    private readonly stack: string,
    base: string,
    header: string,
    private readonly defaults?: Record<string, string>,
  ) {
    this.document = parseDocument(base);
    this.document.commentBefore = ` yaml-language-server: $schema=schemas/stack.schema.json\n ${header}`;
    const { contents } = this.document;
    if (isMap(contents)) {
      contents.commentBefore = undefined;
      for (const { key } of [...contents.items]) {
        if (isNode(key)) key.commentBefore = undefined;
        if (String(key) !== "config") contents.delete(key);
      }
    }
    for (const [key, value] of Object.entries(this.values())) {
      if (personal.includes(key) || hasCiphertext(value)) this.config().delete(key);
    }
  }

  /** Sets a key, given without its namespace unless that is another one, from a text as `valueText` takes it. */
  set(key: string, text: string): void {
    const full = fullKey(key);
    const value = valueText(key, text);
    if (known(key)?.secret) this.secrets.set(full, value);
    else this.config().set(full, this.document.createNode(structureOf(value)));
  }

  /** What is wrong with it, by the program's own checks; nothing is when it can be deployed. */
  problems(): Problem[] {
    const all = { ...this.values(), ...Object.fromEntries(this.secrets) };
    return checkStack(this.stack, all, new Set(this.secrets.keys()), this.defaults).problems;
  }

  /** The secrets by full key, for the engine to encrypt. */
  encrypt(): ReadonlyMap<string, string> {
    return this.secrets;
  }

  /**
   * The file without secrets.
   *
   * @param made the file as the engine made it for the new stack, with how it encrypts
   */
  toText(made: string): string {
    const encryption = parseDocument(made).toJS() as Record<string, unknown> | null;
    const text = this.document.toString({ lineWidth: 0 });
    const { config: _, ...more } = encryption ?? {};
    if (Object.keys(more).length === 0) return text;
    const document = parseDocument(text);
    for (const [key, value] of Object.entries(more)) document.set(key, value);
    return document.toString({ lineWidth: 0 });
  }

  private config(): YAMLMap {
    const config = this.document.get("config");
    if (isMap(config)) return config;
    const made = this.document.createNode({}) as YAMLMap;
    this.document.set("config", made);
    return made;
  }

  private values(): Record<string, unknown> {
    return this.config().toJS(this.document) as Record<string, unknown>;
  }
}

/** The text of a key's value as Pulumi keeps it: a list of texts may be given by commas instead of as JSON. */
export function valueText(key: string, given: string): string {
  const { secret, example } = known(key) ?? {};
  if (secret) return given;
  const text = given.trim();
  const isListOfTexts = Array.isArray(example) && typeof example[0] === "string";
  return isListOfTexts && !text.startsWith("[") ? JSON.stringify(text.split(/[\s,]+/)) : text;
}

function known(key: string): Key | undefined {
  return (keys as Record<string, Key>)[key];
}

/** `gatewayUser` is `streaming:gatewayUser`; a key with a namespace stays as it is. */
function fullKey(key: string): string {
  return key.includes(":") ? key : namespace + key;
}

/** Lists and objects become YAML's own; any other text stays text. */
function structureOf(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return text;
  try {
    return JSON.parse(text);
  } catch {
    // The checks say what is wrong with it.
    return text;
  }
}
