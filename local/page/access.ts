import { hkdfSync, randomUUID } from "node:crypto";
import { Signer } from "@fastify/cookie";
import type { TwinKeys } from "../setup/keys";

/** How long a printed address lets somebody in, ms. */
const ticketMs = 5 * 60_000;
/** How long a browser stays logged in, ms. */
const sessionMs = 24 * 60 * 60_000;

/**
 * Who may see the page: whoever can read the twin's keys. `npm run local -- open` prints an address with a ticket that
 * works once; the server takes it for a cookie. Both are signed, so the server keeps nothing, and a browser stays logged
 * in when it is started anew.
 */
export class PageAccess {
  /**
   * Where the page is on its server, such as `/1f0c...`. Nobody else can guess it, so that the cookie, which is for this
   * path, does not go to other servers of this address: browsers do not tell ports apart when they send cookies.
   */
  readonly path: string;
  private readonly signer: Signer;
  /** Tickets that were used, until they would have ended. */
  private readonly used = new Map<string, number>();

  constructor({ passphrase }: Pick<TwinKeys, "passphrase">) {
    const derive = (what: string) => Buffer.from(hkdfSync("sha256", passphrase, "", `page ${what}`, 32));
    this.path = `/${derive("path").toString("hex").slice(0, 32)}`;
    this.signer = new Signer(derive("key"));
  }

  /** A ticket that lets one browser in, for five minutes. */
  ticket(now = Date.now()): string {
    return this.sign("ticket", now + ticketMs);
  }

  /** Takes a ticket for a session; undefined when it is none, too old, or used. */
  redeem(ticket: string, now = Date.now()): { session: string; maxAgeSeconds: number } | undefined {
    for (const [old, until] of this.used) if (until < now) this.used.delete(old);
    const until = this.validUntil("ticket", ticket, now);
    if (until === undefined || this.used.has(ticket)) return undefined;
    this.used.set(ticket, until);
    return { session: this.sign("session", now + sessionMs), maxAgeSeconds: sessionMs / 1000 };
  }

  admits(session: string | undefined, now = Date.now()): boolean {
    return session !== undefined && this.validUntil("session", session, now) !== undefined;
  }

  private sign(kind: string, until: number): string {
    return this.signer.sign(`${kind}~${randomUUID()}~${until}`);
  }

  private validUntil(kind: string, signed: string, now: number): number | undefined {
    const { valid, value } = this.signer.unsign(signed);
    const [found, , until] = (value ?? "").split("~");
    return valid && found === kind && Number(until) > now ? Number(until) : undefined;
  }
}
