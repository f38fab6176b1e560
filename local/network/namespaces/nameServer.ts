import type * as dgram from "node:dgram";
import { type Answer, AUTHORITATIVE_ANSWER, decode, encode, type Packet, RECURSION_DESIRED } from "dns-packet";
import { azureAddress, type Namespace } from "./namespace";

/** Response codes of RFC 1035: there is no such name; a question of a kind that is not answered. */
const [nameError, refused] = [3, 5];

const timeToLive = 10;

/**
 * The name service of one network, at the address at which every network of Azure has it. It knows the network's own
 * hosts and the private zones that are linked to it, and nothing else: it asks no other server.
 */
export class NameServer {
  /** Addresses by full name in lower case. */
  private readonly hosts = new Map<string, ReadonlyMap<string, string>>();
  private zones: Record<string, string[]> = {};
  private socket: dgram.Socket | undefined;

  async open(namespace: Namespace): Promise<void> {
    const socket = await namespace.agent.bind(azureAddress, 53);
    socket.on("message", (message, { address, port }) => {
      const answer = this.answer(message);
      if (answer) socket.send(answer, port, address, () => undefined);
    });
    this.socket = socket;
  }

  /** Names of hosts, on top of those of other owners. */
  setHosts(owner: string, names: ReadonlyMap<string, string>): void {
    this.hosts.set(owner, names);
  }

  /** Names of private zones, in place of those before. */
  setZones(zones: Record<string, string[]>): void {
    this.zones = zones;
  }

  close(): void {
    this.socket?.close();
    this.socket = undefined;
  }

  /** The answer to a packet; none to one that is no question. */
  answer(message: Buffer): Buffer | undefined {
    const query = parse(message);
    const question = query?.questions?.[0];
    if (query?.type !== "query" || !question) return undefined;
    const addresses = this.lookUp(question.name.toLowerCase());
    const code = addresses === undefined ? nameError : query.questions?.length === 1 ? 0 : refused;
    const answers: Answer[] =
      question.type === "A"
        ? (addresses ?? []).map((data) => ({ type: "A", name: question.name, ttl: timeToLive, data }))
        : [];
    const flags = AUTHORITATIVE_ANSWER | ((query.flags ?? 0) & RECURSION_DESIRED) | code;
    return encode({ type: "response", id: query.id, flags, questions: query.questions, answers });
  }

  private lookUp(name: string): string[] | undefined {
    for (const names of this.hosts.values()) {
      const address = names.get(name);
      if (address) return [address];
    }
    const parent = name.slice(name.indexOf(".") + 1);
    return this.zones[name] ?? this.zones[`*.${parent}`];
  }
}

function parse(message: Buffer): Packet | undefined {
  try {
    return decode(message);
  } catch {
    return undefined;
  }
}
