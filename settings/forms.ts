import { z } from "zod";

// The forms that values of several keys share. The text of each error completes the sentence "needs ...".

/** A whole number in decimal digits, within limits that the message names. */
export function wholeNumber(min: number, max: number, unit: string) {
  const needs = `a whole number of ${unit} from ${min} to ${max}`;
  return z
    .string()
    .regex(/^\d{1,15}$/, needs)
    .pipe(z.coerce.number<string>().int(needs).min(min, needs).max(max, needs));
}

/** Text of a given form. */
export function text(form: RegExp, needs: string) {
  return z.string().regex(form, needs);
}

/** One of a few words. */
export function oneOf<const W extends readonly string[]>(...words: W) {
  return z.enum(words, { error: `one of ${words.join(", ")}` });
}

/** A structured value: Pulumi hands over lists and objects of a stack file as JSON. */
export function structured<S extends z.ZodType>(schema: S, needs: string) {
  const parsed = z.string().transform((json, context) => {
    try {
      return JSON.parse(json) as unknown;
    } catch {
      context.addIssue({ code: "custom", message: needs });
      return z.NEVER;
    }
  });
  return parsed.pipe(schema);
}

const unit = "(?:millisecond|second|minute|hour|day)s?";
const duration = new RegExp(`^\\d{1,9} ${unit}$`);

/** Whether this is a length of time as Spark reads it, such as "30 seconds". */
export function isDuration(value: string): boolean {
  return duration.test(value);
}

/** Whether this is a length of time that is not zero. */
export function isPositiveDuration(value: string): boolean {
  return isDuration(value) && Number.parseInt(value, 10) > 0;
}

/** What a name of a Kafka topic must look like, and whether this is one. */
export const topicNameNeeds = 'a Kafka topic name: 1 to 249 of a-z, A-Z, 0-9, ".", "_" and "-", but not "." or ".."';

export function isTopicName(name: string): boolean {
  return /^[a-zA-Z0-9._-]{1,249}$/.test(name) && name !== "." && name !== "..";
}

/**
 * A folder of cloud storage that notebooks can write to and that outlives a cluster. Below /Volumes the third name is that
 * of a volume, which no notebook can make: https://learn.microsoft.com/azure/databricks/volumes/paths
 */
export const storageFolder = /^(?:\/Volumes(?:\/[\w.-]+){3,}|abfss:\/\/[\w-]+@[\w.-]+(?:\/[\w.=-]+)*)$/;

/** A file, or a folder with files, in such a place. */
export const storageFile = /^(?:\/Volumes(?:\/[\w.-]+){4,}|abfss:\/\/[\w-]+@[\w.-]+(?:\/[\w.=-]+)+)$/;

/** An id that Entra gives out: of a tenant, an application. */
export const uuid = /^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/;
