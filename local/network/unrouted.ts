import { randomInt } from "node:crypto";
import { once } from "node:events";
import * as net from "node:net";
import * as path from "node:path";
import { JsonStore } from "../cloud/store";
import type { Networks } from "./networks";
import type { Place } from "./place";

/**
 * Networks that carry nothing: hosts keep their private addresses, whatever the range, and what a host serves to the
 * operator is at a loopback address of its own. All these addresses share one 127.a.b.0/24, chosen at random and
 * recorded in `home`, so that several such twins get along on one machine and each finds its addresses again.
 */
export class UnroutedNetworks implements Networks {
  readonly mode = "loopback";
  readonly operator = [];
  /** Where services on the internet are. */
  readonly internet: string;
  private readonly store: JsonStore<string>;

  constructor(home: string) {
    this.store = addressesOf(home);
    const block = this.store.get("block") ?? `127.${randomInt(64, 250)}.${randomInt(1, 255)}`;
    this.store.set("block", block);
    this.internet = `${block}.1`;
  }

  network(id: string): Place {
    const serving = (host: string) => this.addressOf(`${id.toLowerCase()} ${host}`);
    return {
      address: (privateAddress) => privateAddress,
      gateway: (_publicAddress, head) => ({ host: head === "" ? "" : serving(head), ambari: 8443, ssh: 2222 }),
      hasNameService: true,
      setHosts: () => undefined,
      command: (command) => [...command],
      listen: async (host, port) => ({ host: serving(host), port }),
      async connect(host, port) {
        const socket = net.connect({ host: serving(host), port });
        await once(socket, "connect");
        return socket;
      },
    };
  }

  async publish(): Promise<void> {}
  async withdraw(): Promise<void> {}
  async apply(): Promise<void> {}
  async close(): Promise<void> {}

  private addressOf(host: string): string {
    const known = this.store.get(host);
    if (known) return known;
    const last = 2 + this.store.values().length;
    if (last > 254) throw new Error("A control plane without networks has 253 hosts at most.");
    const address = `${this.store.get("block")}.${last}`;
    this.store.set(host, address);
    return address;
  }
}

/** The first three numbers of the addresses that such networks of `home` have: `127.87.1`. */
export function blockOf(home: string): string {
  const block = addressesOf(home).get("block");
  if (block === undefined) throw new Error(`\`${home}\` has no networks yet.`);
  return block;
}

function addressesOf(home: string): JsonStore<string> {
  return JsonStore.open(path.join(home, "addresses.json"));
}
