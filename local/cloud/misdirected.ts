import { X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import type { FastifyInstance } from "fastify";
import { HttpError } from "./httpError";

/**
 * Refuses requests that were meant for another name than one of this service's: an address, `localhost`, or what its
 * certificate says. A web page can make its own name resolve to this machine, and then its scripts may read what a
 * service here answers; but they cannot change the name that the browser sends along.
 */
export function refuseMisdirected(app: FastifyInstance, certificate?: string): void {
  const own = certificate === undefined ? undefined : new X509Certificate(certificate);
  app.addHook("onRequest", async ({ host }) => {
    // Programs that speak HTTP/1.0 send no name; browsers do.
    if (host === "" || isOwn(host, own)) return;
    throw new HttpError(421, "MisdirectedRequest", `This service is not \`${host}\`. Ask it by its own address.`);
  });
}

function isOwn(host: string, certificate: X509Certificate | undefined): boolean {
  const [, address6, name] = /^(?:\[([^\]]+)\]|([^:/?#@\s[\]]+))(?::\d{1,5})?$/.exec(host) ?? [];
  if (address6 !== undefined) return isIP(address6) === 6;
  if (name === undefined) return false;
  return isIP(name) === 4 || name.toLowerCase() === "localhost" || certificate?.checkHost(name) !== undefined;
}
