import { setTimeout as sleep } from "node:timers/promises";
import { Client, type ConnectConfig, utils } from "ssh2";
import type { Log } from "../rpc/engineLog";
import type { Redact } from "../rpc/secrets";
import type { Connection } from "./connection";
import type { Output } from "./output";

/** Pauses between dials, in milliseconds: the first, how much each grows, the longest. */
const FIRST_PAUSE_MS = 100;
const PAUSE_GROWTH = 1.5;
const LONGEST_PAUSE_MS = 5000;

/** The host answers with another key than the one expected: dialling again cannot help. */
class HostKeyMismatch extends Error {}

/**
 * Dials a host until it answers, as often as the connection allows.
 *
 * @throws after the last failed dial, or at once when the host's key is not the expected one
 */
export async function dial(connection: Connection, log: Log, signal: AbortSignal): Promise<Client> {
  const config = sshConfig(connection);
  const limit = connection.dialErrorLimit;
  let pause = FIRST_PAUSE_MS;
  for (let attempt = 0; ; attempt++) {
    signal.throwIfAborted();
    try {
      return await connect(config, connection, signal);
    } catch (error) {
      const reason = error as Error;
      if (reason instanceof HostKeyMismatch || signal.aborted) throw reason;
      if (limit > -1 && attempt + 1 > limit) {
        throw new Error(`after ${attempt} failed attempts: ${reason.message}`, { cause: reason });
      }
      log.status(`Dial ${attempt + 1}/${limit === -1 ? "inf" : limit} failed: retrying (${reason.message})`);
      await sleep(pause, undefined, { signal });
      pause = Math.min(pause * PAUSE_GROWTH, LONGEST_PAUSE_MS);
    }
  }
}

function sshConfig(connection: Connection): ConnectConfig {
  const { privateKey, hostKey } = connection;
  if (privateKey !== undefined) {
    const parsed = utils.parseKey(privateKey, connection.privateKeyPassword);
    if (parsed instanceof Error) throw new Error(`\`connection.privateKey\` cannot be read: ${parsed.message}`);
  }
  return {
    host: connection.host,
    port: connection.port,
    username: connection.user,
    privateKey,
    passphrase: connection.privateKeyPassword,
    password: connection.password,
    tryKeyboard: connection.password !== undefined,
    agent: connection.agentSocketPath,
    readyTimeout: connection.perDialTimeout * 1000,
    ...(hostKey === undefined ? {} : expectHostKey(hostKey)),
  };
}

/** Asks the host for a key of the expected kind, and accepts no other key. */
function expectHostKey(hostKey: string): Pick<ConnectConfig, "hostVerifier" | "algorithms"> {
  const expected = utils.parseKey(hostKey);
  if (expected instanceof Error) {
    throw new Error(`\`connection.hostKey\` cannot be read (${expected.message}): give it as "ssh-ed25519 AAAA..."`);
  }
  const publicKey = expected.getPublicSSH();
  const kinds = expected.type === "ssh-rsa" ? ["rsa-sha2-512", "rsa-sha2-256", "ssh-rsa"] : [expected.type];
  return {
    hostVerifier: (key: Buffer) => key.equals(publicKey),
    algorithms: { serverHostKey: kinds } as ConnectConfig["algorithms"],
  };
}

function connect(config: ConnectConfig, { host, port, password }: Connection, signal: AbortSignal): Promise<Client> {
  const client = new Client();
  return new Promise<Client>((resolve, reject) => {
    const abort = (): void => {
      client.destroy();
      reject(signal.reason as Error);
    };
    const settle = (finish: () => void): void => {
      signal.removeEventListener("abort", abort);
      finish();
    };
    signal.addEventListener("abort", abort, { once: true });
    client.on("ready", () => settle(() => resolve(client)));
    client.on("keyboard-interactive", (_name, _text, _language, prompts, answer) =>
      answer(prompts.map(() => password ?? "")),
    );
    // A host that is starting may close the connection without a word.
    client.on("close", () => {
      settle(() => reject(new Error(`ssh: cannot connect to ${host}:${port}: the host closed the connection`)));
    });
    client.on("error", (error) => {
      settle(() => {
        client.destroy();
        reject(
          /host denied|verification failed/i.test(error.message)
            ? new HostKeyMismatch(`ssh: ${host}:${port} has another host key than \`connection.hostKey\``)
            : new Error(`ssh: cannot connect to ${host}:${port}: ${error.message}`),
        );
      });
    });
    client.connect(config);
  });
}

/** A command to run on a host. */
export interface RemoteRun {
  command: string;
  /** Sent as SSH `env` requests; a server accepts the variables its `AcceptEnv` names and ignores others. */
  environment: Record<string, string>;
  stdin?: string;
}

/**
 * Runs a command on a connected host to its end.
 *
 * @param redact masks secrets in the command line, which error messages show
 * @throws when it does not exit with 0, with what it wrote
 */
export async function execute(
  client: Client,
  run: RemoteRun,
  output: Output,
  signal: AbortSignal,
  redact: Redact,
): Promise<void> {
  const status = await exitStatus(client, run, output, signal);
  output.end();
  if (status !== undefined) {
    throw new Error(`${status}: running ${JSON.stringify(redact(run.command))}:\n${output.combined()}`);
  }
}

/** What went wrong, in the words of the official plugin, or undefined after success. */
function exitStatus(client: Client, run: RemoteRun, output: Output, signal: AbortSignal): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      client.destroy();
      reject(signal.reason as Error);
    };
    signal.addEventListener("abort", abort, { once: true });
    const lost = (error?: Error): void =>
      reject(new Error(`ssh: the connection was lost while the command ran${error ? `: ${error.message}` : ""}`));
    client.on("error", lost);
    client.on("close", () => lost());
    client.exec(run.command, { env: run.environment }, (error, channel) => {
      if (error) return reject(new Error(`ssh: cannot run the command: ${error.message}`));
      let status: string | undefined = "wait: remote command exited without exit status or exit signal";
      channel.on("exit", (code: number | null, name?: string) => {
        if (code === 0) status = undefined;
        else status = code === null ? `Process exited from signal ${name}` : `Process exited with status ${code}`;
      });
      channel.on("close", () => {
        signal.removeEventListener("abort", abort);
        resolve(status);
      });
      channel.on("data", (chunk: Buffer) => output.write("stdout", chunk));
      channel.stderr.on("data", (chunk: Buffer) => output.write("stderr", chunk));
      channel.on("error", () => {}); // a command may end without reading all of its input
      channel.end(run.stdin ?? "");
    });
  });
}
