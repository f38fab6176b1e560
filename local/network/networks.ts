import type * as net from "node:net";
import type { Place } from "./place";
import type { NetworkPlan } from "./plan";

/** `namespaces`: each virtual network is a network namespace of its own. `loopback`: all are at loopback addresses. */
export type NetworkMode = "namespaces" | "loopback";

/** The virtual networks of a twin. */
export interface Networks {
  readonly mode: NetworkMode;
  /** What a command line begins with to run as the operator; empty in loopback mode, where that is this machine. */
  readonly operator: readonly string[];
  /** The place of a virtual network, by its ARM id. In namespaces mode it must be in the plan that was applied last. */
  network(id: string): Place;
  /**
   * Serves what answers at a loopback address of this machine at the same address of every network, as services on the
   * internet are: `accept` gets the connections that come from there.
   */
  publish(address: { host: string; port: number }, accept: (socket: net.Socket) => void): Promise<void>;
  withdraw(address: { host: string; port: number }): Promise<void>;
  /** Makes the networks what the plan says. Resolves when they are. */
  apply(plan: NetworkPlan): Promise<void>;
  /** Removes everything. */
  close(): Promise<void>;
}
