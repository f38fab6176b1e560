import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { JsonStore } from "../store";
import { idAt } from "./feed";
import { duplicateRule, invalidRequest, invalidRule } from "./problems";
import { parseQuery, type Query, QueryError } from "./query";
import type { RateLimit } from "./rateLimit";

/** A rule of the filtered stream. */
export interface Rule {
  id: string;
  value: string;
  tag?: string;
}

const body = z.strictObject({
  add: z
    .array(z.strictObject({ value: z.string(), tag: z.string().optional() }))
    .min(1)
    .optional(),
  delete: z.strictObject({ ids: z.array(z.string()).optional(), values: z.array(z.string()).optional() }).optional(),
});

const mostRules = 1000;
const mostCharacters = 1024;

/** What the filtered stream carries. Rules belong to the app, not to a connection, and outlive both. */
export class Rules {
  private readonly parsed = new Map<string, Query>();

  /** @param store where the rules are kept; absent: in memory */
  constructor(
    private readonly now: () => number,
    private readonly store: Pick<JsonStore<Rule>, "values" | "set" | "delete"> = new MemoryRules(),
  ) {
    for (const rule of store.values()) this.parsed.set(rule.id, parseQuery(rule.value, mostCharacters));
  }

  list(): Rule[] {
    return this.store.values();
  }

  /** Rules with their queries, to match tweets against. */
  queries(): { rule: Rule; query: Query }[] {
    return this.list().map((rule) => ({ rule, query: this.parsed.get(rule.id) as Query }));
  }

  /** Adds what is valid and new; the rest is in `errors`. */
  add(wanted: { value: string; tag?: string }[], dryRun: boolean): { added: Rule[]; errors: object[] } {
    const added: Rule[] = [];
    const errors: object[] = [];
    for (const { value, tag } of wanted) {
      const same = [...this.list(), ...added].find((rule) => rule.value === value);
      if (same) {
        errors.push(duplicateRule(value, same.id));
        continue;
      }
      try {
        const query = parseQuery(value, mostCharacters);
        if (this.list().length + added.length >= mostRules)
          throw new QueryError(`There are ${mostRules} rules already`);
        const rule: Rule = { value, ...(tag !== undefined && { tag }), id: this.newId(added) };
        added.push(rule);
        if (!dryRun) this.parsed.set(rule.id, query);
      } catch (error) {
        if (!(error instanceof QueryError)) throw error;
        errors.push(invalidRule(value, [error.message]));
      }
    }
    if (!dryRun) for (const rule of added) this.store.set(rule.id, rule);
    return { added, errors };
  }

  /** Deletes by id or value; returns how many there were. */
  remove(ids: string[], values: string[], dryRun: boolean): number {
    const gone = this.list().filter((rule) => ids.includes(rule.id) || values.includes(rule.value));
    if (dryRun || gone.length === 0) return gone.length;
    this.store.delete(...gone.map((rule) => rule.id));
    for (const rule of gone) this.parsed.delete(rule.id);
    return gone.length;
  }

  /** Ids of rules are snowflakes too. */
  private newId(added: Rule[]): string {
    const taken = new Set([...this.list(), ...added].map((rule) => rule.id));
    let id = idAt(this.now());
    while (taken.has(id.toString())) id++;
    return id.toString();
  }
}

class MemoryRules {
  private readonly rules = new Map<string, Rule>();
  values = () => [...this.rules.values()];
  set = (id: string, rule: Rule) => void this.rules.set(id, rule);
  delete = (...ids: string[]) => {
    for (const id of ids) this.rules.delete(id);
  };
}

/** `GET` and `POST /2/tweets/search/stream/rules`. */
export function ruleRoutes(
  app: FastifyInstance,
  rules: Rules,
  limits: { read: RateLimit; write: RateLimit },
  now: () => number,
): void {
  const path = "/2/tweets/search/stream/rules";
  const sent = () => new Date(now()).toISOString();

  app.get(path, async (request, reply) => {
    reply.headers(limits.read.take(now()));
    const { ids } = request.query as { ids?: string };
    const wanted = ids?.split(",");
    const found = rules.list().filter((rule) => !wanted || wanted.includes(rule.id));
    return { ...(found.length > 0 && { data: found }), meta: { sent: sent(), result_count: found.length } };
  });

  app.post(path, async (request, reply) => {
    reply.headers(limits.write.take(now()));
    const dryRun = (request.query as { dry_run?: string }).dry_run === "true";
    const parsed = body.safeParse(request.body ?? {});
    const change = parsed.data;
    if (!change || (change.add === undefined) === (change.delete === undefined)) {
      throw invalidRequest("body", "", parsed.error?.issues[0]?.message ?? "Give exactly one of `add` and `delete`");
    }
    if (change.delete) {
      const { ids = [], values = [] } = change.delete;
      if (ids.length + values.length === 0) throw invalidRequest("delete", "", "`delete` needs `ids` or `values`");
      const deleted = rules.remove(ids, values, dryRun);
      return { meta: { sent: sent(), summary: { deleted, not_deleted: ids.length + values.length - deleted } } };
    }
    const { added, errors } = rules.add(change.add ?? [], dryRun);
    const created = dryRun ? 0 : added.length;
    const summary = {
      created,
      not_created: (change.add?.length ?? 0) - created,
      valid: added.length,
      invalid: errors.length,
    };
    if (created > 0) reply.code(201);
    return {
      ...(added.length > 0 && { data: added }),
      meta: { sent: sent(), summary },
      ...(errors.length > 0 && { errors }),
    };
  });
}
