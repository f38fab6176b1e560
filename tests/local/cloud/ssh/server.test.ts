import * as fs from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { execa } from "execa";
import { Client, type ClientChannel, type ConnectConfig, type ExecOptions, utils } from "ssh2";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { SshServer } from "../../../../local/cloud/ssh";
import { silentLog } from "../../../../local/log";
import { generateSshKeyPair } from "../../../../local/setup/sshKey";
import { describeWith, missingPrograms } from "../../../needs";
import { processesNaming } from "../../processes";

const address = { host: "127.7.0.48", port: 2222 };
const home = fs.mkdtempSync(path.join(tmpdir(), "ssh-"));
const [hostKey, key, otherKey] = [generateSshKeyPair("host"), generateSshKeyPair("user"), generateSshKeyPair("other")];
// As HDInsight's documentation makes it.
const rsaKey = utils.generateKeyPairSync("rsa", { bits: 4096 });
const clients: Client[] = [];
let server: SshServer;

beforeAll(async () => {
  fs.mkdirSync(path.join(home, "kafka"));
  server = new SshServer({
    login: { username: "sshuser", publicKeys: [key.publicKey, rsaKey.public], password: "Correct-Horse-42" },
    hostKey: hostKey.privateKey,
    shell: {
      home,
      environment: { PATH: "/usr/local/bin:/usr/bin:/bin", HOME: home, USER: "sshuser", LANG: "C.UTF-8" },
      paths: { from: "/usr/hdp/current/kafka-broker", to: path.join(home, "kafka") },
    },
    log: silentLog,
  });
  await server.listen(address.host, address.port);
});

afterEach(() => {
  for (const client of clients.splice(0)) client.end();
});

afterAll(async () => {
  await server.close();
  fs.rmSync(home, { recursive: true });
});

function connect(config: Partial<ConnectConfig> = { privateKey: key.privateKey }): Promise<Client> {
  return new Promise((resolve, reject) => {
    const client = new Client();
    clients.push(client);
    client.on("ready", () => resolve(client)).on("error", reject);
    client.connect({ ...address, username: "sshuser", ...config });
  });
}

interface Outcome {
  code: number | null;
  signal?: string;
  stdout: string;
  stderr: string;
}

function start(
  client: Client,
  command: string,
  options: ExecOptions = {},
): Promise<{ channel: ClientChannel; ended: Promise<Outcome> }> {
  return new Promise((resolve, reject) => {
    client.exec(command, options, (error, channel) => {
      if (error) return reject(error);
      const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
      channel.on("data", (data: Buffer) => stdout.push(data));
      channel.stderr.on("data", (data: Buffer) => stderr.push(data));
      let exit: Pick<Outcome, "code" | "signal"> = { code: null };
      channel.on("exit", (code: number | null, signal?: string) => {
        exit = { code, signal };
      });
      const ended = new Promise<Outcome>((done) =>
        channel.on("close", () =>
          done({ ...exit, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() }),
        ),
      );
      resolve({ channel, ended });
    });
  });
}

async function run(command: string, stdin = "", options: ExecOptions = {}): Promise<Outcome> {
  const { channel, ended } = await start(await connect(), command, options);
  channel.end(stdin);
  return ended;
}

test.each([
  ["another user's name", { username: "root", privateKey: key.privateKey }],
  ["another key", { privateKey: otherKey.privateKey }],
  ["a wrong password", { password: "wrong" }],
])("%s is refused", async (_what, config) => {
  await expect(connect(config)).rejects.toThrow("All configured authentication methods failed");
});

describeWith("programs", missingPrograms("ssh"))("OpenSSH", {}, () => {
  test("an RSA key logs in too", async () => {
    await expect(connect({ privateKey: rsaKey.private })).resolves.toBeDefined();
    const file = path.join(home, "id_rsa");
    fs.writeFileSync(file, rsaKey.private, { mode: 0o600 });
    const unknown = ["-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null"];
    const login = ["-F", "none", "-i", file, "-p", `${address.port}`, `sshuser@${address.host}`];
    expect((await execa("ssh", [...unknown, ...login, "echo here"])).stdout).toBe("here");
  });
});

test("the password logs in as well where one was given", async () => {
  await expect(connect({ password: "Correct-Horse-42" })).resolves.toBeDefined();
});

test("the server identifies itself with the key that it was given", async () => {
  const seen = await new Promise<string>((resolve) => {
    void connect({
      privateKey: key.privateKey,
      hostVerifier: (presented: Buffer) => {
        resolve(presented.toString("base64"));
        return true;
      },
    });
  });
  expect(hostKey.publicKey).toContain(seen);
});

test("exit status, standard output and standard error come through", async () => {
  expect(await run("echo out; echo err >&2; exit 7")).toMatchObject({ code: 7, stdout: "out\n", stderr: "err\n" });
});

test("a command that dies by a signal says which", async () => {
  expect(await run("kill -TERM $$")).toMatchObject({ signal: "SIGTERM" });
});

test("a signal that the client sends reaches the command and what it started", async () => {
  const { channel, ended } = await start(await connect(), "sleep 600");
  channel.signal("INT");
  expect(await ended).toMatchObject({ signal: "SIGINT" });
});

test("the command runs in the user's home with its own environment, and takes only the locale from the client", async () => {
  const { stdout } = await run("pwd; env", "", { env: { LC_TIME: "C", SECRET: "x" } });
  expect(stdout.split("\n")[0]).toBe(home);
  expect(stdout).toContain("LC_TIME=C");
  expect(stdout).not.toContain("SECRET");
});

test("the node's path means its folder in commands and in scripts, and stays as it is in data", async () => {
  const there = path.join(home, "kafka");
  expect((await run("echo /usr/hdp/current/kafka-broker")).stdout).toBe(`${there}\n`);
  expect((await run("bash -s", "echo /usr/hdp/current/kafka-broker\n")).stdout).toBe(`${there}\n`);
  expect((await run("cat", "/usr/hdp/current/kafka-broker\n")).stdout).toBe("/usr/hdp/current/kafka-broker\n");
});

test("megabytes go both ways, at the pace of a slow reader", async () => {
  const { channel, ended } = await start(await connect(), "cat");
  const sent = "0123456789abcdef".repeat(1024 * 1024);
  channel.end(sent);
  channel.pause();
  setTimeout(() => channel.resume(), 300);
  const { stdout, code } = await ended;
  expect(code).toBe(0);
  expect(stdout.length).toBe(sent.length);
  expect((await run("head -c 9000000 /dev/zero >&2; echo done")).stderr.length).toBe(9_000_000);
});

test("much standard output and much standard error at once come through whole", async () => {
  const both =
    "for i in 1 2 3 4 5 6; do head -c 2000000 /dev/zero & head -c 2000000 /dev/zero >&2; done; wait; echo end";
  const { stdout, stderr, code } = await run(both);
  expect({ code, stdout: stdout.length, stderr: stderr.length }).toEqual({
    code: 0,
    stdout: 12_000_004,
    stderr: 12_000_000,
  });
});

test("a command that does not read its input is no trouble", async () => {
  expect(await run("exit 3", "x".repeat(4_000_000))).toMatchObject({ code: 3 });
});

test("nothing is left running by a client that goes away, nor in the background of a command that ended", async () => {
  const mark = path.join(home, "marked-sleep");
  fs.symlinkSync("/bin/sleep", mark);
  const client = await connect();
  await start(client, `${mark} 600`);
  await expect.poll(() => processesNaming(mark).length).toBeGreaterThan(0);
  client.destroy();
  await expect.poll(() => processesNaming(mark), { timeout: 5_000 }).toEqual([]);

  expect(await run(`nohup ${mark} 600 >/dev/null 2>&1 & echo started`)).toMatchObject({ code: 0, stdout: "started\n" });
  await expect.poll(() => processesNaming(mark)).toEqual([]);
});

test("file transfer and forwarding are refused, and the connection goes on", async () => {
  const client = await connect();
  await expect(new Promise((resolve, reject) => client.sftp((e) => (e ? reject(e) : resolve(1))))).rejects.toThrow();
  await expect(
    new Promise((resolve, reject) =>
      client.forwardOut("127.0.0.1", 1, "127.0.0.1", 2, (e) => (e ? reject(e) : resolve(1))),
    ),
  ).rejects.toThrow();
  const { ended, channel } = await start(client, "echo still here");
  channel.end();
  expect((await ended).stdout).toBe("still here\n");
});

test("a hundred clients are served at once", async () => {
  const outcomes = await Promise.all(Array.from({ length: 100 }, (_, index) => run(`cat; exit ${index}`, `${index}`)));
  expect(outcomes.map(({ code, stdout }) => `${code} ${stdout}`)).toEqual(
    outcomes.map((_, index) => `${index} ${index}`),
  );
}, 120_000);

describeWith("programs", missingPrograms("ssh"))("OpenSSH", {}, () => {
  test("runs commands, and scripts without a command", async () => {
    const file = path.join(home, "id");
    fs.writeFileSync(file, key.privateKey, { mode: 0o600 });
    const options = [
      "-F",
      "none",
      "-i",
      file,
      "-p",
      `${address.port}`,
      "-o",
      "StrictHostKeyChecking=no",
      "-o",
      `UserKnownHostsFile=${home}/known`,
    ];
    const ssh = (more: string[], input = "") =>
      execa("ssh", [...options, ...more], { input, reject: false, env: { LC_TIME: "C" } });
    expect(await ssh([`sshuser@${address.host}`, "echo $USER; exit 5"])).toMatchObject({
      exitCode: 5,
      stdout: "sshuser",
    });
    const script = await ssh(["-T", `sshuser@${address.host}`], "echo /usr/hdp/current/kafka-broker\nexit 4\n");
    expect(script).toMatchObject({ exitCode: 4, stdout: path.join(home, "kafka") });
  });
});

test("a taken port is named", async () => {
  const second = new SshServer({
    login: { username: "u", publicKeys: [] },
    hostKey: hostKey.privateKey,
    shell: { home, environment: {}, paths: { from: "/a", to: "/b" } },
    log: silentLog,
  });
  await expect(second.listen(address.host, address.port)).rejects.toThrow("127.7.0.48:2222");
});

test("a public key that cannot be read is named before anything listens", () => {
  expect(
    () =>
      new SshServer({
        login: { username: "u", publicKeys: ["ssh-ed25519 nonsense"] },
        hostKey: hostKey.privateKey,
        shell: { home, environment: {}, paths: { from: "/a", to: "/b" } },
        log: silentLog,
      }),
  ).toThrow("`ssh-ed25519 nonsense` is no OpenSSH public key");
});
