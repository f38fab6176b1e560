import { existsSync, readFileSync } from "node:fs";
import { z } from "zod";
import { lockHolder } from "./lock";
import { twinPaths } from "./paths";

const address = z.object({ host: z.string(), port: z.number() });

const schema = z.object({
  /** Process of the supervisor. */
  pid: z.number(),
  /** Azure Resource Manager, https. Everything else, but X, is found through what it answers. */
  arm: address,
  /** The X API, as a base URL. */
  x: z.object({ url: z.string() }),
  /** The page that shows what goes on, without what lets one in. Absent in what an earlier version started. */
  page: z.string().optional(),
  network: z.object({
    mode: z.enum(["namespaces", "loopback"]),
    /** Why there are no namespaces though nobody asked for loopback mode. */
    reason: z.string().optional(),
    /** What a command line begins with to run as the operator; empty in loopback mode. */
    operator: z.array(z.string()),
  }),
  startedAt: z.string(),
});

/** Where a running twin answers, as its supervisor wrote it down. */
export type Endpoints = z.infer<typeof schema>;

/** The endpoints of the twin in `home`, or undefined when none is running. */
export function readEndpoints(home: string): Endpoints | undefined {
  const file = twinPaths(home).endpoints;
  if (!existsSync(file)) return undefined;
  const endpoints = schema.parse(JSON.parse(readFileSync(file, "utf8")));
  // The lock tells more than the id, which something else may have by now.
  return lockHolder(home)?.pid === endpoints.pid ? endpoints : undefined;
}
