import type { FastifyInstance, FastifyRequest } from "fastify";
import { HttpError } from "../cloud/http";
import type { PageAccess } from "./access";

export const cookieName = "twin-page";

/** Where the printed address leads: it takes the ticket, and the address that stays in the browser has none. */
export function registerLogin(app: FastifyInstance, access: PageAccess): void {
  app.get<{ Querystring: { ticket?: string | string[] } }>(`${access.path}/login`, async (request, reply) => {
    const { ticket } = request.query;
    const admitted = typeof ticket === "string" ? access.redeem(ticket) : undefined;
    // A reload of the printed address finds a browser that is logged in already.
    if (!admitted && !isLoggedIn(request, access)) {
      throw notAdmitted("This address was used before, or is older than five minutes.");
    }
    if (admitted) {
      reply.setCookie(cookieName, admitted.session, {
        path: access.path,
        maxAge: admitted.maxAgeSeconds,
        httpOnly: true,
        sameSite: "strict",
      });
    }
    return reply.redirect(`${access.path}/`, 303);
  });
}

/** Answers nothing of `scope` to who is not logged in. */
export function guard(scope: FastifyInstance, access: PageAccess): void {
  scope.addHook("onRequest", async (request) => {
    if (!isLoggedIn(request, access)) throw notAdmitted("This page is for whoever runs the local environment.");
  });
}

function isLoggedIn(request: FastifyRequest, access: PageAccess): boolean {
  return access.admits(request.cookies[cookieName]);
}

function notAdmitted(why: string): HttpError {
  return new HttpError(401, "Unauthorized", `${why} Run \`npm run local -- open\` for an address that lets you in.`);
}
