import { once } from "node:events";
import * as net from "node:net";
import { toLoopback } from "../cloud/addresses";
import type { Networks } from "./networks";
import type { Place } from "./place";

/** This machine as it is: 10.a.b.c of any network is 127.a.b.c, and everything reaches everything. */
export const machine: Place = {
  address: toLoopback,
  // The ports of HDInsight, 443 and 22, need root.
  gateway: (_publicAddress, head) => ({ host: head, ambari: 8443, ssh: 2222 }),
  hasNameService: false,
  setHosts: () => undefined,
  command: (command) => [...command],
  listen: async (host, port) => ({ host, port }),
  async connect(host, port) {
    const socket = net.connect({ host, port });
    await once(socket, "connect");
    return socket;
  },
};

/** All networks at loopback addresses of this machine. Needs nothing of it; peerings and rules have no effect. */
export const loopbackNetworks: Networks = {
  mode: "loopback",
  operator: [],
  network: () => machine,
  publish: async () => undefined,
  withdraw: async () => undefined,
  apply: async () => undefined,
  close: async () => undefined,
};
