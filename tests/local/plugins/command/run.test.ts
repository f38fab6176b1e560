import { mkdtempSync, readdirSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Connection } from "../../../../local/plugins/command/connection";
import { checkConnection } from "../../../../local/plugins/command/connection";
import { type LocalRun, runLocally } from "../../../../local/plugins/command/localProcess";
import { Output } from "../../../../local/plugins/command/output";
import { dial, execute } from "../../../../local/plugins/command/ssh";
import { silentLog } from "../../../../local/plugins/rpc/engineLog";
import { generateSshKeyPair } from "../../../../local/setup/sshKey";
import { SshServer } from "../support/sshServer";

const never = new AbortController().signal;
const keep = (text: string): string => text;

describe("output", () => {
  const shown = (logging: string): string[] => {
    const lines: string[] = [];
    const output = new Output({ ...silentLog, status: (line) => lines.push(line) }, logging);
    output.write("stdout", Buffer.from("one\ntw"));
    output.write("stderr", Buffer.from("oops\n"));
    output.write("stdout", Buffer.from("o\nthree"));
    output.end();
    return lines;
  };

  it.each([
    ["stdoutAndStderr", ["one", "oops", "two", "three"]],
    ["stdout", ["one", "two", "three"]],
    ["stderr", ["oops"]],
    ["none", []],
  ])("is shown line by line as `logging: %s` says", (logging, lines) => {
    expect(shown(logging)).toEqual(lines);
  });

  it("is kept without its last line break, and characters in two pieces stay whole", () => {
    const output = new Output(silentLog);
    const euro = Buffer.from("€");
    output.write("stdout", Buffer.concat([Buffer.from("a\n\n"), euro.subarray(0, 1)]));
    output.write("stdout", Buffer.concat([euro.subarray(1), Buffer.from("\n")]));
    output.end();
    expect(output.result()).toEqual({ stdout: "a\n\n€", stderr: "" });
  });
});

describe("a local command", () => {
  const run = async (command: string, more: Partial<LocalRun> = {}, signal = never): Promise<string> => {
    const output = new Output(silentLog);
    await runLocally({ command, interpreter: [], environment: {}, ...more }, output, signal);
    return output.result().stdout;
  };

  it("runs in a shell, with its own directory, variables and input", async () => {
    const dir = realpathSync(mkdtempSync(path.join(tmpdir(), "local-")));
    try {
      expect(await run("pwd; echo $WHO; cat", { dir, environment: { WHO: "me" }, stdin: "in" })).toBe(`${dir}\nme\nin`);
    } finally {
      rmSync(dir, { recursive: true });
    }
  });

  it("runs with another interpreter", async () => {
    expect(await run("console.log(6 * 7)", { interpreter: [process.execPath, "-e"] })).toBe("42");
  });

  it("fails with its exit status, its command and what it wrote", async () => {
    await expect(run('echo out; echo "err" >&2; exit 3')).rejects.toThrow(
      'exit status 3: running "echo out; echo \\"err\\" >&2; exit 3":\nout\nerr\n',
    );
  });

  it("fails clearly when there is no such program or directory", async () => {
    await expect(run("x", { interpreter: ["/no/such"] })).rejects.toThrow("cannot start /no/such: ENOENT");
    await expect(run("x", { dir: "/no/such" })).rejects.toThrow('cannot start /bin/sh in `dir` "/no/such": ENOENT');
  });

  it("ends with everything it started when it is cancelled", async () => {
    const dir = mkdtempSync(path.join(tmpdir(), "local-"));
    const cancelled = new AbortController();
    const output = new Output({ ...silentLog, status: () => cancelled.abort(new Error("cancelled")) });
    const command = "(sleep 1; touch survived) & echo started; wait";
    try {
      const running = runLocally({ command, dir, interpreter: [], environment: {} }, output, cancelled.signal);
      await expect(running).rejects.toThrow("cancelled");
      await sleep(1500);
      expect(readdirSync(dir)).toEqual([]);
    } finally {
      rmSync(dir, { recursive: true });
    }
  });
});

describe("a connection", () => {
  it("has the official plugin's defaults", () => {
    const { connection, failures } = checkConnection({ host: "h" });
    expect(connection).toEqual({ host: "h", port: 22, user: "root", dialErrorLimit: 10, perDialTimeout: 15 });
    expect(failures).toEqual([]);
  });

  it("is refused when it is missing, wrong or more than this plugin can do", () => {
    const reasons = (value: Parameters<typeof checkConnection>[0]): string[] =>
      checkConnection(value).failures.map(({ reason }) => reason);
    expect(reasons(undefined)).toEqual(["`connection` is missing: say which host to reach"]);
    expect(reasons({ host: "h", port: "22" })).toEqual(["`connection.port` must be a number"]);
    expect(reasons({ host: "h", proxy: { host: "p" } })[0]).toContain("`connection.proxy` is not supported");
  });
});

describe("a remote command", () => {
  let server: SshServer;
  const connection = (more: Partial<Connection> = {}): Connection => ({
    host: "127.0.0.1",
    port: server.port,
    user: "sshuser",
    privateKey: server.user.privateKey,
    dialErrorLimit: 3,
    perDialTimeout: 5,
    ...more,
  });
  const run = async (command: string, more: Partial<Connection> = {}, stdin?: string): Promise<string> => {
    const output = new Output(silentLog);
    const client = await dial(connection(more), silentLog, never);
    try {
      await execute(client, { command, environment: { WHO: "me" }, stdin }, output, never, keep);
    } finally {
      client.end();
    }
    return output.result().stdout;
  };

  beforeAll(async () => {
    server = await new SshServer().listen();
  });
  beforeEach(() => {
    server.dropNext = 0;
  });
  afterAll(() => server.close());

  it("signs in with a key, or with a password", async () => {
    expect(await run("echo hello")).toBe("hello");
    expect(await run("echo hello", { privateKey: undefined, password: server.password })).toBe("hello");
  });

  it("gets its standard input, variables, and all of a long output", async () => {
    expect(await run("echo $WHO; bash -s", {}, "echo from stdin")).toBe("me\nfrom stdin");
    const long = await run("seq 1 100000");
    expect(long.length).toBe(588_894);
  });

  it("fails with its exit status, its command and what it wrote", async () => {
    await expect(run("echo out; echo err >&2; exit 7")).rejects.toThrow(
      /^Process exited with status 7: running "echo out; echo err >&2; exit 7":\n(out\nerr|err\nout)\n$/,
    );
  });

  it("accepts the expected host key and no other, and does not try again with another", async () => {
    expect(await run("echo same", { hostKey: server.hostKey.publicKey })).toBe("same");
    const other = generateSshKeyPair("other").publicKey;
    await expect(run("echo other", { hostKey: other, dialErrorLimit: -1 })).rejects.toThrow(
      `ssh: 127.0.0.1:${server.port} has another host key than \`connection.hostKey\``,
    );
  });

  it("dials again while the host is starting", async () => {
    server.dropNext = 2;
    expect(await run("echo there")).toBe("there");
  });

  it("gives up after as many failed dials as the connection allows", async () => {
    server.dropNext = 100;
    await expect(run("echo there", { dialErrorLimit: 2 })).rejects.toThrow(
      /^after 2 failed attempts: ssh: cannot connect/,
    );
    expect(server.dropNext).toBe(97);
  });

  it("says when the key is not accepted or cannot be read", async () => {
    const stranger = generateSshKeyPair("stranger").privateKey;
    await expect(run("x", { privateKey: stranger, dialErrorLimit: 0 })).rejects.toThrow(
      /authentication methods failed/,
    );
    await expect(run("x", { privateKey: "not a key" })).rejects.toThrow("`connection.privateKey` cannot be read");
  });

  it("stops when it is cancelled", async () => {
    const cancelled = new AbortController();
    const client = await dial(connection(), silentLog, never);
    const output = new Output({ ...silentLog, status: () => cancelled.abort(new Error("cancelled")) });
    const running = execute(client, { command: "echo on; sleep 60", environment: {} }, output, cancelled.signal, keep);
    await expect(running).rejects.toThrow("cancelled");
  });
});
