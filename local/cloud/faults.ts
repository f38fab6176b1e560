import { readFileSync, statSync } from "node:fs";
import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { Logger } from "../log";
import { HttpError } from "./httpError";

/**
 * Faults on purpose, for those who want to see what a client does when a service fails.
 *
 * Off unless the supervisor is started with `STREAMING_TWIN_FAULTS` set to the path of a file. The file holds a JSON array of
 * rules and may be written, changed and removed at any time; a change starts all counting afresh. Each fault that
 * happens is a line `fault` with the rule's name in `logs/twin.log`.
 *
 *     [{ "name": "busy", "method": "PUT|DELETE", "path": "/virtualNetworks/[^/]+$", "times": 2,
 *        "answer": { "status": 409, "code": "AnotherOperationInProgress", "message": "...", "headers": {} } }]
 *
 * A rule without `answer` and `hangUp` only delays. All services of the twin are told apart by their paths; for SSH
 * the method is `SSH` and the path that of its port, `/2222`.
 */
const rule = z.strictObject({
  /** For the log. */
  name: z.string(),
  /** Regular expression for the whole method, any case. */
  method: z.string().default(".*"),
  /** Regular expression for a part of the path, without query, any case. */
  path: z.string().default(""),
  /** How many matching requests pass before the first fault. */
  skip: z.int().min(0).default(0),
  /** How many matching requests fail then. */
  times: z.int().min(1).default(1),
  /** Count together what matches the rule, or each method and path for itself: then every call fails, `times` times. */
  per: z.enum(["rule", "call"]).default("rule"),
  /** Wait before anything is done, ms. */
  delayMs: z.number().min(0).default(0),
  /** Do what was asked for and keep the answer back, ms: the time in which a client does not know what happened. */
  holdMs: z.number().min(0).default(0),
  /** Close the connection without an answer. */
  hangUp: z.boolean().default(false),
  /** Answer this, in the protocol's own form of an error, and do nothing. */
  answer: z
    .strictObject({
      status: z.int(),
      code: z.string(),
      message: z.string(),
      headers: z.record(z.string(), z.string()).default({}),
    })
    .optional(),
});

export type FaultRule = z.input<typeof rule>;
type Rule = z.infer<typeof rule>;

/** The rules of one file, and how often each has matched. */
class Faults {
  private rules: Rule[] = [];
  private version = "";
  private readonly matches = new Map<string, number>();

  constructor(private readonly file: string) {}

  /** The rule that this request falls under, if it is its turn. */
  next(method: string, path: string): Rule | undefined {
    this.reload();
    return this.rules.filter((each) => matches(each, method, path)).find((each) => this.isDue(each, method, path));
  }

  private isDue({ name, per, skip, times }: Rule, method: string, path: string): boolean {
    const key = per === "rule" ? name : `${name} ${method} ${path}`;
    const before = this.matches.get(key) ?? 0;
    this.matches.set(key, before + 1);
    return before >= skip && before < skip + times;
  }

  private reload(): void {
    const stat = statSync(this.file, { throwIfNoEntry: false });
    const version = stat ? `${stat.ino} ${stat.mtimeMs} ${stat.size}` : "";
    if (version === this.version) return;
    this.version = version;
    this.matches.clear();
    this.rules = stat ? z.array(rule).parse(JSON.parse(readFileSync(this.file, "utf8"))) : [];
  }
}

function matches({ method, path }: Rule, asked: string, at: string): boolean {
  return new RegExp(`^(?:${method})$`, "i").test(asked) && new RegExp(path, "i").test(at);
}

let opened: { file: string; faults: Faults } | undefined;

/** The faults that were asked for: one for all services of the process, so that a rule counts across them. */
function current(): Faults | undefined {
  const file = process.env.STREAMING_TWIN_FAULTS;
  if (!file) return undefined;
  if (opened?.file !== file) opened = { file, faults: new Faults(file) };
  return opened.faults;
}

/** Lets a server fail as the rules say. Call it before any other hook is added. Does nothing when nobody asked for it. */
export function addFaults(app: FastifyInstance, log: Logger): void {
  const faults = current();
  if (!faults) return;
  const held = new WeakMap<object, Rule>();
  app.addHook("onRequest", async (request, reply) => {
    const path = request.url.split("?", 1)[0] as string;
    const due = faults.next(request.method, path);
    if (!due) return;
    if (due.holdMs > 0) held.set(request, due);
    else log.warn("fault", { rule: due.name, method: request.method, path });
    await sleep(due.delayMs);
    if (due.hangUp) {
      reply.hijack();
      request.raw.socket.destroy();
    } else if (due.answer) {
      const { status, code, message, headers } = due.answer;
      throw new HttpError(status, code, message, headers);
    }
  });
  app.addHook("onSend", async (request, reply) => {
    const due = held.get(request);
    if (!due) return;
    const path = request.url.split("?", 1)[0];
    log.warn("fault", { rule: due.name, method: request.method, path, status: reply.statusCode });
    await sleep(due.holdMs);
  });
}

/** Hands a new connection to an SSH server: at once, late, or not at all, as the rules say. */
export async function withFaults(socket: Socket, log: Logger, serve: (socket: Socket) => void): Promise<void> {
  const path = `/${socket.localPort}`;
  const due = current()?.next("SSH", path);
  if (!due) return serve(socket);
  log.warn("fault", { rule: due.name, method: "SSH", path });
  socket.on("error", () => undefined); // nobody else listens yet
  await sleep(due.delayMs);
  if (due.hangUp) socket.resetAndDestroy();
  else serve(socket);
}
