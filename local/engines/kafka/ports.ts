import { once } from "node:events";
import * as net from "node:net";
import { machine } from "../../network/loopback";
import type { Place } from "../../network/place";

/** A port that something listens at, or is to. */
export interface PortUse {
  address: string;
  port: number;
  /** Who needs it, for the message. */
  what: string;
}

/**
 * Rejects when one of the ports cannot be listened on, with what to do about it. Of two that start at once the later
 * one still fails by itself; this is for the message.
 */
export async function checkPorts(ports: PortUse[], place: Place = machine): Promise<void> {
  for (const { address, port, what } of ports) {
    const code = await listenError(place, address, port);
    if (code === "EADDRINUSE") {
      throw new Error(
        `Port ${port} of ${address} is taken, and ${what} needs it. Stop what listens there ` +
          `(\`ss -ltnp 'sport = :${port}'\` names it), or give the cluster another subnet`,
      );
    }
    if (code === "EADDRNOTAVAIL") {
      throw new Error(
        `This machine has no address ${address}, and ${what} needs it. Linux has all of 127.0.0.0/8; ` +
          `elsewhere add it to the loopback interface (macOS: \`sudo ifconfig lo0 alias ${address}\`)`,
      );
    }
    if (code !== undefined) throw new Error(`Nothing can listen on ${address}:${port} (${code}), and ${what} has to`);
  }
}

async function listenError(place: Place, host: string, port: number): Promise<string | undefined> {
  try {
    const target = await place.listen(host, port);
    const server = target instanceof net.Server ? target : net.createServer().listen({ ...target, exclusive: true });
    if (!server.listening) await once(server, "listening");
    await new Promise((resolve) => server.close(resolve));
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? (error as Error).message;
  }
}
