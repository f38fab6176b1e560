import * as net from "node:net";

/**
 * Rejects when one of the ports cannot be listened on, with what to do about it. Of two that start at once the later
 * one still fails by itself; this is for the message.
 */
export async function checkPorts(ports: { address: string; port: number; what: string }[]): Promise<void> {
  for (const { address, port, what } of ports) {
    const code = await listenError(address, port);
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

function listenError(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}
