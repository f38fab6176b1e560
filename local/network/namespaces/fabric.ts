import { createHash } from "node:crypto";
import * as fs from "node:fs";
import type * as net from "node:net";
import * as path from "node:path";
import { HostProcess } from "../../hostProcess";
import type { Networks } from "../networks";
import type { Place } from "../place";
import { type NetworkPlan, operatorAddress, type PlannedNetwork } from "../plan";
import { connect, disconnectOthers, linkName } from "./links";
import { Namespace } from "./namespace";
import { readRecords, writeRecord } from "./records";
import type { NamespaceTools } from "./support";
import { VirtualNetwork } from "./virtualNetwork";

interface Service {
  host: string;
  port: number;
  accept: (socket: net.Socket) => void;
  /** One for each network, by its key. */
  listeners: Map<string, net.Server>;
}

/**
 * Every virtual network in a namespace of its own, the operator in another one. Two networks are linked while their
 * peering is Connected, and the operator is linked to each network that has something for the public. Nothing leads
 * out of any of them to the machine's own network.
 */
export class NamespaceFabric implements Networks {
  readonly mode = "namespaces";
  /** The operator's, and owner of all others. */
  private readonly operatorNamespace: Namespace;
  private readonly networks = new Map<string, VirtualNetwork>();
  private readonly services = new Set<Service>();
  /** Changes are made one after the other. */
  private turn: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly folder: string,
    private readonly tools: NamespaceTools,
  ) {
    this.operatorNamespace = new Namespace(path.join(folder, "operator"), tools);
  }

  /** @param folder records which namespaces there are: those that a killed supervisor left are taken over. */
  static async open(folder: string, tools: NamespaceTools): Promise<NamespaceFabric> {
    const fabric = new NamespaceFabric(folder, tools);
    const made = !fabric.operatorNamespace.exists;
    await fabric.operatorNamespace.open();
    if (made) await fabric.operatorNamespace.ip([`address add ${operatorAddress}/32 dev lo`]);
    // Those of an earlier supervisor.
    for (const { id } of readRecords(folder)) await fabric.add(keyOf(id));
    return fabric;
  }

  /** Ends the namespaces that a killed supervisor recorded in `folder`. */
  static async endLeftOver(folder: string): Promise<void> {
    for (const name of fs.readdirSync(folder)) {
      await new HostProcess(path.join(folder, name, "process")).stop({ grace: 0 });
    }
    fs.rmSync(folder, { recursive: true, force: true });
  }

  get operator(): readonly string[] {
    return this.operatorNamespace.enter([]);
  }

  network(id: string): Place {
    const network = this.networks.get(keyOf(id));
    if (!network) throw new Error(`Virtual network ${id} has no namespace: it is not deployed`);
    return network;
  }

  publish({ host, port }: { host: string; port: number }, accept: Service["accept"]): Promise<void> {
    const service: Service = { host, port, accept, listeners: new Map() };
    return this.inTurn(async () => {
      this.services.add(service);
      for (const [key, namespace] of this.namespaces()) await serve(service, key, namespace);
    });
  }

  withdraw({ host, port }: { host: string; port: number }): Promise<void> {
    return this.inTurn(async () => {
      for (const service of this.services) {
        if (service.host !== host || service.port !== port) continue;
        for (const listener of service.listeners.values()) listener.close();
        this.services.delete(service);
      }
    });
  }

  apply(plan: NetworkPlan): Promise<void> {
    return this.inTurn(async () => {
      const planned = new Map(plan.networks.map((network) => [keyOf(network.id), network]));
      for (const key of this.networks.keys()) if (!planned.has(key)) await this.remove(key);
      for (const key of planned.keys()) await this.add(key);
      for (const [key, network] of planned) {
        const trusted = network.trusted.flatMap((id) => planned.get(keyOf(id))?.prefixes ?? []);
        await this.networks.get(key)?.become(network, [...network.prefixes, ...trusted]);
        writeRecord(path.join(this.folder, folderOf(key)), network);
      }
      await this.connectAll(plan, planned);
    });
  }

  async close(): Promise<void> {
    await this.turn.catch(() => undefined);
    for (const { listeners } of this.services) for (const listener of listeners.values()) listener.close();
    await Promise.all([...this.networks.values()].map((network) => network.close()));
    await this.operatorNamespace.close();
    fs.rmSync(this.folder, { recursive: true, force: true });
  }

  private async connectAll(plan: NetworkPlan, planned: Map<string, PlannedNetwork>): Promise<void> {
    const end = (key: string) => ({
      namespace: (this.networks.get(key) as VirtualNetwork).namespace,
      reaches: planned.get(key)?.prefixes ?? [],
    });
    const operator = { namespace: this.operatorNamespace, reaches: [`${operatorAddress}/32`] };
    const links = [
      ...plan.peerings
        .map(([a, b]) => [keyOf(a), keyOf(b)] as const)
        .filter(([a, b]) => planned.has(a) && planned.has(b))
        .map(([a, b]) => ({ name: linkName(a, b), ends: [end(a), end(b)] as const })),
      ...[...planned]
        .filter(([, { gateways }]) => gateways.length > 0)
        .map(([key, { gateways }]) => {
          const reaches = gateways.map(({ address }) => `${address}/32`);
          return { name: linkName("operator", key), ends: [operator, { ...end(key), reaches }] as const };
        }),
    ];
    const names = new Set(links.map(({ name }) => name));
    for (const [, namespace] of this.namespaces()) await disconnectOthers(namespace, names);
    for (const { name, ends } of links) await connect(name, ...ends);
  }

  private async add(key: string): Promise<void> {
    if (this.networks.has(key)) return;
    const network = new VirtualNetwork(path.join(this.folder, folderOf(key)), this.tools, this.operatorNamespace);
    await network.open();
    writeRecord(path.join(this.folder, folderOf(key)), { id: key, prefixes: [] });
    this.networks.set(key, network);
    for (const service of this.services) await serve(service, key, network.namespace);
  }

  private async remove(key: string): Promise<void> {
    for (const { listeners } of this.services) {
      listeners.get(key)?.close();
      listeners.delete(key);
    }
    await this.networks.get(key)?.close();
    this.networks.delete(key);
  }

  private namespaces(): [key: string, namespace: Namespace][] {
    const networks = [...this.networks].map(([key, { namespace }]) => [key, namespace] as [string, Namespace]);
    return [["operator", this.operatorNamespace], ...networks];
  }

  private inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.turn.then(work, work);
    this.turn = done;
    return done;
  }
}

async function serve({ host, port, accept, listeners }: Service, key: string, namespace: Namespace): Promise<void> {
  const listener = await namespace.agent.listen(host, port);
  listener.on("connection", accept);
  listeners.set(key, listener);
}

/** ARM ids are compared without regard to case. */
function keyOf(id: string): string {
  return id.toLowerCase();
}

function folderOf(key: string): string {
  return createHash("sha256").update(key).digest("hex").slice(0, 12);
}
