import * as path from "node:path";
import type { FastifyRequest } from "fastify";
import type { Logger } from "../log";
import { type HttpError, pathOf } from "./http";
import { JsonStore } from "./store";

/** What a client asked for and the twin lacks: names alone, never a value, a body, a query or a header. */
export interface UnsupportedCall {
  service: "arm" | "databricks" | "ambari" | "ssh" | "x";
  /** Method of HTTP, or what SSH calls the request. */
  method: string;
  /** ARM's resource type and action, a path with `{}` for names and ids, or SSH's name of what was asked. */
  call: string;
  /** ARM's `api-version`. */
  apiVersion?: string;
  /** What of a call that is otherwise known, such as a field of its body. */
  part?: string;
}

/** Enough for any client's surprises; a client that tries names at random fills no disk. */
const mostNames = 200;
const mostLetters = 200;

/** The calls that clients made and the twin does not imitate, each name once, in `<home>/unsupported.json` and the log. */
export class UnsupportedCalls {
  private readonly store: JsonStore<UnsupportedCall & { since: string }>;

  constructor(
    home: string,
    private readonly log: Logger,
  ) {
    this.store = JsonStore.open(unsupportedFile(home));
  }

  note(call: UnsupportedCall): void {
    const short = shortened(call);
    const key = Object.values(short).join(" ");
    if (this.store.has(key) || this.store.values().length >= mostNames) return;
    this.store.set(key, { ...short, since: new Date().toISOString() });
    this.log.warn("not imitated", { ...short });
  }
}

/** What a server tells of a request that it answered with an error because it lacks what was asked for. */
export type OnUnsupported = (request: FastifyRequest, error: HttpError) => void;

/** Notes requests to one service, by what `nameOf` makes of them: the route, or what its path looks like. */
export function noteRequests(
  calls: UnsupportedCalls | undefined,
  service: UnsupportedCall["service"],
  nameOf: (request: FastifyRequest) => Pick<UnsupportedCall, "call" | "apiVersion"> = (request) => ({
    call: request.is404 ? pathTemplate(pathOf(request)) : (request.routeOptions.url ?? pathTemplate(pathOf(request))),
  }),
): OnUnsupported {
  return (request, { unsupported }) => {
    const part = typeof unsupported === "string" ? unsupported : undefined;
    calls?.note({ service, method: request.method, ...nameOf(request), ...(part && { part }) });
  };
}

/** A path with `{}` for everything that is no plain word and no version of an API. */
export function pathTemplate(given: string): string {
  const segment = (text: string) => (/^([a-z][a-z_.-]{0,39}|v\d{1,2}|\d{1,2}\.\d{1,2})$/i.test(text) ? text : "{}");
  return given
    .split("/")
    .map((text) => (text === "" ? "" : segment(text)))
    .join("/");
}

/** What clients have asked the twin in `home` for in vain, oldest first. */
export function unsupportedCalls(home: string): UnsupportedCall[] {
  return JsonStore.open<UnsupportedCall & { since: string }>(unsupportedFile(home))
    .values()
    .map(({ since: _since, ...call }) => call);
}

/** One line for people. */
export function describeUnsupported({ service, method, call, apiVersion, part }: UnsupportedCall): string {
  return [service.padEnd(10), method, call, apiVersion && `(api-version ${apiVersion})`, part && `(${part})`]
    .filter(Boolean)
    .join(" ");
}

function unsupportedFile(home: string): string {
  return path.join(home, "unsupported.json");
}

function shortened(call: UnsupportedCall): UnsupportedCall {
  const entries = Object.entries(call).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    entries.map(([key, value]) => [key, value.slice(0, mostLetters)]),
  ) as unknown as UnsupportedCall;
}
