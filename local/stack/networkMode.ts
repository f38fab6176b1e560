import type { Endpoints } from "../endpoints";

/** How networks are made, in a few words. */
export function networksOf({ network }: Endpoints): string {
  if (network.mode === "namespaces") return "namespaces: each virtual network is one, the operator has another";
  return `loopback: 10.a.b.c is 127.a.b.c${network.reason ? ` (no namespaces: ${network.reason})` : ""}`;
}
