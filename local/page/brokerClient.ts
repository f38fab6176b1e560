import type * as net from "node:net";
import { Duplex, PassThrough } from "node:stream";
import { Kafka, logLevel } from "kafkajs";
import type { Place } from "../network/place";

/** Kafka's client, which dials from inside the brokers' network: in namespaces mode nothing else reaches them. */
export function kafkaIn(place: Place, brokers: string[]): Kafka {
  return new Kafka({
    clientId: "streaming-page",
    brokers,
    logLevel: logLevel.NOTHING,
    connectionTimeout: 2_000,
    requestTimeout: 4_000,
    // The page looks again in two seconds anyway.
    retry: { initialRetryTime: 100, retries: 1 },
    socketFactory: ({ host, port, onConnect }) => dial(place, host, port, onConnect),
  });
}

/** kafkajs wants its socket at once, and a place has it only when it is connected: what is sent until then waits. */
export function dial(place: Pick<Place, "connect">, host: string, port: number, onConnect: () => void): net.Socket {
  const toBroker = new PassThrough();
  const fromBroker = new PassThrough();
  const socket = Duplex.from({ writable: toBroker, readable: fromBroker });
  place.connect(host, port).then(
    (connected) => {
      // Given up meanwhile: the client waits two seconds at most.
      if (socket.destroyed) return connected.destroy();
      connected.on("error", (error) => socket.destroy(error));
      socket.on("close", () => connected.destroy());
      toBroker.pipe(connected).pipe(fromBroker);
      onConnect();
    },
    (error: Error) => socket.destroy(error),
  );
  // The one thing beside a stream's that kafkajs calls. There is no timer or handle of its own to let go.
  return Object.assign(socket, { unref: () => undefined }) as unknown as net.Socket;
}
