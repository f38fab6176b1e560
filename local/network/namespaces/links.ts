import { createHash } from "node:crypto";
import type { Namespace } from "./namespace";

/** One end of a link: where it is, and the ranges that the other end is to reach there. */
export interface End {
  namespace: Namespace;
  reaches: string[];
}

interface Link {
  ifname: string;
}

interface Route {
  dst: string;
}

const prefix = "peer-";

/** Name of the interface, the same at both ends, short enough for the kernel. */
export function linkName(a: string, b: string): string {
  const pair = [a.toLowerCase(), b.toLowerCase()].sort().join("\n");
  return `${prefix}${createHash("sha256").update(pair).digest("hex").slice(0, 8)}`;
}

/** Connects two namespaces, each with routes to what the other has, or adapts the routes of a link that is there. */
export async function connect(name: string, a: End, b: End): Promise<void> {
  const links = await a.namespace.show<Link>(["link"]);
  if (!links.some(({ ifname }) => ifname === name)) {
    await a.namespace.ip([`link add ${name} type veth peer name ${name} netns ${b.namespace.pid}`]);
  }
  await Promise.all([route(name, a.namespace, b.reaches), route(name, b.namespace, a.reaches)]);
}

/** Removes the links of a namespace that are not among `names`; their other ends go with them. */
export async function disconnectOthers(namespace: Namespace, names: ReadonlySet<string>): Promise<void> {
  const links = await namespace.show<Link>(["link"]);
  const gone = links.map(({ ifname }) => ifname).filter((name) => name.startsWith(prefix) && !names.has(name));
  await namespace.ip(gone.map((name) => `link del ${name}`));
}

async function route(name: string, namespace: Namespace, ranges: string[]): Promise<void> {
  await namespace.ip([`link set ${name} up`]);
  const routes = await namespace.show<Route>(["route", "show", "dev", name]);
  const there = routes.map(({ dst }) => dst);
  // The system writes a range of one address without its length.
  const wanted = ranges.map((range) => range.replace(/\/32$/, ""));
  await namespace.ip([
    ...there.filter((range) => !wanted.includes(range)).map((range) => `route del ${range} dev ${name}`),
    ...wanted.filter((range) => !there.includes(range)).map((range) => `route add ${range} dev ${name}`),
  ]);
}
