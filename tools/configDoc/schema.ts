import { z } from "zod";
import type { Key } from "../../settings/keys";
import type { DeclaredKey } from "./declared";

type Json = z.core.JSONSchema.BaseSchema;

/** What `pulumi config set --secret` writes. */
const encrypted: Json = {
  type: "object",
  properties: { secure: { type: "string" } },
  required: ["secure"],
  additionalProperties: false,
};

/**
 * JSON schema of `Pulumi.STACK.yaml`: the keys of this program, with what Pulumi itself keeps in such a file
 * (https://www.pulumi.com/docs/iac/concepts/projects/stack-settings-file/). It is for editors: it knows each key by
 * itself, while settings.ts also checks what keys must be to each other. No key is required, since a file in the making
 * is no mistake.
 */
export function stackSchema(declared: readonly DeclaredKey[]): Json {
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "Settings of one environment (Pulumi stack) of the streaming project",
    type: "object",
    definitions: { encrypted },
    properties: {
      config: {
        type: ["object", "null"],
        properties: {
          "azure-native:location": {
            description: "Azure region of everything. Required.",
            type: "string",
            pattern: "^[a-z][a-z0-9]+$",
            examples: ["westeurope"],
          },
          ...Object.fromEntries(declared.map((one) => [`streaming:${one.name}`, property(one)])),
        },
        // Other namespaces belong to Pulumi and the providers.
        patternProperties: { "^(?!streaming:)[^:\\s]+:\\S+$": {} },
        additionalProperties: false,
      },
      environment: {
        description: "Environments of Pulumi ESC whose values are part of the configuration.",
        type: ["array", "object"],
      },
      secretsprovider: { description: "What encrypts the secrets; Pulumi writes it.", type: "string" },
      encryptedkey: { description: "Pulumi writes it.", type: "string" },
      encryptionsalt: { description: "Pulumi writes it.", type: "string" },
    },
    additionalProperties: false,
  };
}

function property({ key, description, default: value }: DeclaredKey): Json {
  if (key.secret) return { description, allOf: [{ $ref: "#/definitions/encrypted" }] };
  return {
    description,
    ...(value === undefined ? {} : { default: value }),
    ...(key.example === "VALUE" ? {} : { examples: [key.example] }),
    // Any value may be encrypted. Not anyOf, so that an editor tells what is wrong with the one that was meant.
    if: { type: "object", properties: { secure: true }, required: ["secure"] },
    // biome-ignore lint/suspicious/noThenProperty: JSON schema's own word
    then: { $ref: "#/definitions/encrypted" },
    else: written(key),
  };
}

/** A value as YAML holds it: settings/keys.ts describes the text that the CLI makes of it. */
function written({ schema }: Key): Json {
  const text = inner(schema);
  if (text instanceof z.ZodPipe && text.out instanceof z.ZodNumber) {
    const { minimum, maximum } = jsonSchema(text.out);
    const { pattern } = jsonSchema(text.in);
    return { type: ["integer", "string"], minimum, maximum, pattern };
  }
  if (text instanceof z.ZodPipe && !(text.out instanceof z.ZodTransform)) return jsonSchema(text.out);
  const { type, ...limits } = jsonSchema(text);
  if (limits.enum?.join() === "true,false") return { enum: [true, false, ...limits.enum] };
  // YAML reads digits as a number, which the CLI makes a text again.
  return text.safeParse("1000").success ? { type: ["string", "integer"], ...limits } : { type, ...limits };
}

function inner(schema: z.core.$ZodType): z.ZodType {
  return schema instanceof z.ZodOptional ? inner(schema.unwrap()) : (schema as z.ZodType);
}

function jsonSchema(schema: z.core.$ZodType): Json {
  const { $schema, "~standard": _, ...json } = z.toJSONSchema(schema, { io: "input", target: "draft-7" });
  return json as Json;
}
