import type * as net from "node:net";

/** What a server's `listen()` takes: an address of this process, or a socket that listens already somewhere else. */
export type ListenTarget = { host: string; port: number } | net.Server;

/** Where processes run and sockets are: this machine as it is, or one network's namespace. */
export interface Place {
  /** Where a private address of the network is served: itself, or the loopback address that stands for it. */
  address(privateAddress: string): string;
  /** Where clients outside the network find what the head node serves. */
  gateway(publicAddress: string | undefined, head: string): { host: string; ambari: number; ssh: number };
  /** Whether host names resolve by the network's own name service; otherwise a hosts file has to do. */
  readonly hasNameService: boolean;
  /** Makes host names of the network resolve in it, and nowhere else. Full names in lower case, with addresses. */
  setHosts(owner: string, hosts: ReadonlyMap<string, string>): void;
  /** The command line that runs `command` here, in the folder `cwd`. */
  command(command: readonly string[], cwd: string): string[];
  /**
   * Listens on an address of the place. Rejects with the system's error, whose `code` says why (`EADDRINUSE`,
   * `EADDRNOTAVAIL`).
   */
  listen(host: string, port: number): Promise<ListenTarget>;
  /** Connects from inside the place. Rejects as `listen` does. */
  connect(host: string, port: number): Promise<net.Socket>;
}
