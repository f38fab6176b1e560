import * as path from "node:path";
import type { Place } from "../place";
import type { PlannedNetwork } from "../plan";
import { ruleset } from "./firewall";
import { NameServer } from "./nameServer";
import { azureAddress, Namespace } from "./namespace";
import type { NamespaceTools } from "./support";

/** Stands for everything outside: what no peering leads to goes there, and no answer comes back, as on Azure. */
const outside = "internet";

interface Addresses {
  addr_info: { local: string }[];
}

/** A virtual network as a namespace of its own: its hosts' addresses, its firewall and its name service. */
export class VirtualNetwork implements Place {
  readonly namespace: Namespace;
  readonly hasNameService = true;
  private readonly names = new NameServer();
  private filter = "";

  constructor(folder: string, tools: NamespaceTools, owner: Namespace) {
    this.namespace = new Namespace(folder, tools, owner);
  }

  async open(): Promise<void> {
    await this.namespace.open();
    await this.names.open(this.namespace);
    const links = await this.namespace.show<{ ifname: string }>(["link"]);
    if (links.some(({ ifname }) => ifname === outside)) return;
    await this.namespace.ip([
      `link add ${outside} type veth peer name nowhere`,
      // Without a question of who has the address, the packet is sent, and nobody takes it.
      `link set ${outside} arp off up`,
      "link set nowhere up",
      `route add default dev ${outside}`,
    ]);
  }

  async close(): Promise<void> {
    this.names.close();
    await this.namespace.close();
  }

  /** Makes addresses, rules and names what the plan says. `space`: what `VirtualNetwork` means here. */
  async become(network: PlannedNetwork, space: string[]): Promise<void> {
    await this.setAddresses([...network.hosts, ...network.gateways.map(({ address }) => address)]);
    const filter = ruleset(network, space);
    if (filter !== this.filter) await this.namespace.filter(filter);
    this.filter = filter;
    this.names.setZones(network.names);
  }

  address(privateAddress: string): string {
    return privateAddress;
  }

  gateway(publicAddress: string | undefined) {
    if (!publicAddress) throw new Error("A cluster needs a public address to be reached from outside its network");
    return { host: publicAddress, ambari: 443, ssh: 22 };
  }

  setHosts(owner: string, hosts: ReadonlyMap<string, string>): void {
    this.names.setHosts(owner, hosts);
  }

  command(command: readonly string[], cwd: string): string[] {
    return this.namespace.enter(inFolder(command, cwd));
  }

  listen(host: string, port: number) {
    return this.namespace.agent.listen(host, port);
  }

  connect(host: string, port: number) {
    return this.namespace.agent.connect(host, port);
  }

  private async setAddresses(wanted: string[]): Promise<void> {
    const [loopback] = await this.namespace.show<Addresses>(["address", "show", "dev", "lo"]);
    const there = (loopback?.addr_info ?? [])
      .map(({ local }) => local)
      .filter((address) => address !== azureAddress && !address.startsWith("127.") && !address.includes(":"));
    await this.namespace.ip([
      ...there.filter((address) => !wanted.includes(address)).map((address) => `address del ${address}/32 dev lo`),
      ...wanted.filter((address) => !there.includes(address)).map((address) => `address add ${address}/32 dev lo`),
    ]);
  }
}

/** Entering a mount namespace leads to its root folder. */
export function inFolder(command: readonly string[], cwd: string): string[] {
  return ["sh", "-c", 'cd "$0" && exec "$@"', path.resolve(cwd), ...command];
}
