import type { CheckFailure } from "../rpc/provider";
import { isProps, type Props, Unknown, type Value } from "../rpc/values";

/** How to reach a host, as `remote.Command`'s `connection` says it, with defaults filled in. */
export interface Connection {
  host: string;
  port: number;
  user: string;
  privateKey?: string;
  privateKeyPassword?: string;
  password?: string;
  agentSocketPath?: string;
  /** The host's public key, as in `known_hosts` after the name. Any key is accepted when absent. */
  hostKey?: string;
  /** Failed dials before giving up; -1 for no limit. */
  dialErrorLimit: number;
  /** Longest time for one dial, in seconds; 0 for no limit. */
  perDialTimeout: number;
}

const defaults: Props = { port: 22, user: "root", dialErrorLimit: 10, perDialTimeout: 15 };

const types: Readonly<Record<string, "string" | "number">> = {
  host: "string",
  port: "number",
  user: "string",
  privateKey: "string",
  privateKeyPassword: "string",
  password: "string",
  agentSocketPath: "string",
  hostKey: "string",
  dialErrorLimit: "number",
  perDialTimeout: "number",
};

/** The connection with its defaults, and what is wrong with it. A connection that is not known yet passes. */
export function checkConnection(value: Value | undefined): { connection: Value; failures: CheckFailure[] } {
  if (value instanceof Unknown) return { connection: value, failures: [] };
  if (!isProps(value as Value))
    return { connection: {}, failures: [failure("", "is missing: say which host to reach")] };
  const given = value as Props;
  const failures: CheckFailure[] = [];
  for (const [key, item] of Object.entries(given)) {
    if (key === "proxy") {
      failures.push(failure("proxy", "is not supported by the bundled command plugin; the official plugin has it"));
    } else if (types[key] === undefined) {
      failures.push(failure(key, "is not a property of a connection"));
    } else if (!(item instanceof Unknown) && typeof item !== types[key]) {
      failures.push(failure(key, `must be a ${types[key]}`));
    }
  }
  if (!("host" in given)) failures.push(failure("host", "is missing: say which host to reach"));
  return { connection: { ...defaults, ...given }, failures };
}

/** The connection of a resource's known inputs. */
export function connectionOf(inputs: Props): Connection {
  return { ...defaults, ...(inputs.connection as Props) } as unknown as Connection;
}

function failure(key: string, what: string): CheckFailure {
  const property = key === "" ? "connection" : `connection.${key}`;
  return { property, reason: `\`${property}\` ${what}` };
}
