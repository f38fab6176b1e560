import { existsSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { processesNaming } from "../../processes";
import { Engine } from "../support/engine";
import { SshServer } from "../support/sshServer";

// Each test runs several Pulumi commands of a few seconds each.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

const CANARY = "CANARY-in-a-command";

describe("local.Command under the real engine", () => {
  let engine: Engine;

  beforeAll(async () => {
    engine = await Engine.start(["command"]);
  });
  afterAll(() => engine.close());
  beforeEach(async () => {
    await engine.destroy();
  });

  const journal = (): string[] => {
    const file = path.join(engine.folder, "journal");
    return existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : [];
  };
  /** A command that notes each of its runs, with what it was told of the one before. */
  const noting = (inputs: string, options = "{}"): string => `
    const it = new command.local.Command("it", {
      create: "echo create >> journal; echo output of create",
      update: 'echo "update after $PULUMI_COMMAND_STDOUT" >> journal; echo output of update',
      delete: 'echo "delete after $PULUMI_COMMAND_STDOUT" >> journal', ${inputs} }, ${options});
    exports.stdout = it.stdout;`;

  it("creates, updates and deletes, each time with the output of the time before", async () => {
    engine.write("journal", "");
    engine.program(noting(`environment: { A: "1" }`));
    const preview = await engine.preview();
    expect(preview.text).toMatch(/stdout: \[unknown\]/);
    expect(journal()).toEqual([""]);
    await engine.up();
    expect(await engine.outputs()).toEqual({ stdout: "output of create" });
    expect((await engine.up()).text).toContain("2 unchanged");
    engine.program(noting(`environment: { A: "2" }`));
    expect((await engine.preview()).text).toMatch(/A: "1" => "2"/);
    expect((await engine.up()).text).toContain("~ 1 updated");
    expect((await engine.refresh()).text).toContain("2 unchanged");
    await engine.destroy();
    expect(journal()).toEqual(["create", "update after output of create", "delete after output of update"]);
  });

  it("is replaced by a changed trigger, even with an `update`", async () => {
    engine.write("journal", "");
    engine.program(noting(`triggers: ["one", { nested: 1 }]`));
    await engine.up();
    engine.program(noting(`triggers: ["one", { nested: 2 }]`, `{ deleteBeforeReplace: true }`));
    expect((await engine.up()).text).toContain("+-1 replaced");
    expect(journal()).toEqual(["create", "delete after output of create", "create"]);
  });

  it("runs `create` again when there is no `update`, without previous output if so asked", async () => {
    const program = (word: string): string => `exports.stdout = new command.local.Command("it", {
      create: "echo ${word} [$PULUMI_COMMAND_STDOUT]", addPreviousOutputInEnv: false }).stdout;`;
    engine.program(program("one"));
    await engine.up();
    engine.program(program("two"));
    expect((await engine.up()).text).toContain("~ 1 updated");
    expect(await engine.outputs()).toEqual({ stdout: "two []" });
  });

  it("keeps secret inputs out of the state, the screen and error messages", async () => {
    engine.program(`new command.local.Command("it", {
      create: pulumi.secret("echo $TOKEN; cat >&2; test -n ${CANARY}"),
      environment: { TOKEN: pulumi.secret("${CANARY}-variable") }, stdin: pulumi.secret("${CANARY}-input") },
      { additionalSecretOutputs: ["stdout", "stderr"] });`);
    const created = await engine.up();
    expect(created.ok).toBe(true);
    expect(created.text).not.toContain(CANARY);
    expect(await engine.stateText()).not.toContain(CANARY);

    engine.program(`new command.local.Command("failing", { create: pulumi.secret("test -z ${CANARY} || exit 4") });`);
    const failed = await engine.up();
    expect(failed.ok).toBe(false);
    expect(failed.text).toContain('exit status 4: running "[secret]"');
    expect(failed.text).not.toContain(CANARY);
  });

  it("fails with the status and the output, and is made by the next update", async () => {
    const program = (end: string): string =>
      `new command.local.Command("it", { create: "echo the reason >&2; exit ${end}" });`;
    engine.program(program("5"));
    const { ok, text } = await engine.up();
    expect(ok).toBe(false);
    expect(text).toContain("exit status 5: running");
    expect(text).toContain("the reason");
    expect(await engine.state()).toEqual([]);
    engine.program(program("0"));
    expect((await engine.up()).text).toContain("+ 1 created");
  });

  it("survives messages and outputs much longer than a header", async () => {
    engine.program(
      `exports.n = new command.local.Command("it", { create: "seq 1 100000", logging: "none" }).stdout.apply((s) => s.length);`,
    );
    expect((await engine.up()).ok).toBe(true);
    expect(await engine.outputs()).toEqual({ n: 588_894 });
    engine.program(`new command.local.Command("it", { create: "true" });`);
    expect((await engine.up()).text).toContain("set `addPreviousOutputInEnv` to false");
    engine.program(`new command.local.Command("failing", { create: "seq 1 100000; exit 1", logging: "none" });`);
    const { ok, text } = await engine.up();
    expect(ok).toBe(false);
    expect(text).toMatch(/exit status 1[\s\S]*characters left out[\s\S]*99999\n\s*100000/);
  });

  it("ends at its `customTimeouts`", async () => {
    engine.program(`new command.local.Command("it", { create: "sleep 60" }, { customTimeouts: { create: "1s" } });`);
    const { ok, text } = await engine.up();
    expect(ok).toBe(false);
    expect(text).toContain("operation timed out");
  });

  it.each(["SIGINT", "SIGKILL"] as const)("ends, with all it started, when the engine gets %s", async (signal) => {
    const started = path.join(engine.folder, `${signal}-started`);
    engine.program(`new command.local.Command("it", {
      create: "(sleep 60; echo survived) & touch ${started}; sleep 60" });`);
    const running = () => processesNaming(started).length > 1;
    const { ok } = await engine.upInterrupted(signal, () => existsSync(started) && running());
    expect(ok).toBe(false);
    await expect.poll(() => processesNaming(started)).toEqual([]);
    await engine.pulumi("cancel", "--yes");
    await engine.refresh("--clear-pending-creates");
  });

  it("says what is wrong with its inputs before anything runs", async () => {
    engine.program(
      `new command.local.Command("it", { create: "true", logging: "loud", assetPaths: ["*"], environment: { A: 1 } });`,
    );
    const { ok, text } = await engine.preview();
    expect(ok).toBe(false);
    expect(text).toContain('`logging` is "loud", but must be one of stdout, stderr, stdoutAndStderr, none');
    expect(text).toContain("`assetPaths` is not supported by the bundled command plugin");
    expect(text).toContain("`environment` must be a map");
  });

  it("also runs as a function, every time", async () => {
    engine.program(
      `exports.out = command.local.runOutput({ command: "cat; echo $A", stdin: "in ", environment: { A: "a" } }).stdout;`,
    );
    await engine.up();
    expect(await engine.outputs()).toEqual({ out: "in a" });
  });
});

describe("remote.Command under the real engine", () => {
  let engine: Engine;
  let server: SshServer;

  beforeAll(async () => {
    server = await new SshServer().listen();
    engine = await Engine.start(["command"]);
  });
  afterAll(async () => {
    engine.close();
    await server.close();
  });

  const program = (stdin: string, more = ""): string => `
    const it = new command.remote.Command("it", {
      connection: { host: "127.0.0.1", port: ${server.port}, user: "sshuser", privateKey: ${JSON.stringify(server.user.privateKey)},
        hostKey: ${JSON.stringify(server.hostKey.publicKey)}, dialErrorLimit: 5 },
      create: "bash -s", stdin: "${stdin}", delete: "echo bye", addPreviousOutputInEnv: false, ${more} });
    exports.stdout = it.stdout;`;

  it("is not run by a preview", async () => {
    engine.program(program("echo topic made"));
    const { ok, text } = await engine.preview();
    expect(ok).toBe(true);
    expect(text).toContain("stdout: [unknown]");
    expect(server.runs).toEqual([]);
  });

  it("runs a script from its standard input once, and again when the script changes", async () => {
    expect((await engine.up()).ok).toBe(true);
    expect(await engine.outputs()).toEqual({ stdout: "topic made" });
    expect((await engine.up()).text).toContain("2 unchanged");
    engine.program(program("echo topic altered"));
    expect((await engine.up()).text).toContain("~ 1 updated");
    expect(server.runs.map(({ stdin }) => stdin)).toEqual(["echo topic made", "echo topic altered"]);
  });

  it("keeps its connection secret in the state, and its output not", async () => {
    const text = await engine.stateText();
    const secretLine = server.user.privateKey.split("\n")[2];
    expect(text).not.toContain(secretLine);
    expect(text).toContain("topic altered");
    const [{ inputs, outputs }] = await engine.state();
    for (const connection of [inputs?.connection, outputs?.connection]) expect(connection).toHaveProperty("ciphertext");
    expect(JSON.stringify(await engine.state(true))).toContain(secretLine);
  });

  it("shows the script's own messages and never its key when it fails", async () => {
    engine.program(program("echo 'ERROR: partitions cannot shrink' >&2; exit 3"));
    const { ok, text } = await engine.up();
    expect(ok).toBe(false);
    expect(text).toContain('Process exited with status 3: running "bash -s"');
    expect(text).toContain("ERROR: partitions cannot shrink");
    expect(text).not.toContain("PRIVATE KEY");
    expect(text).not.toContain(server.user.privateKey.split("\n")[2]);
  });

  it("runs its `delete` when it is destroyed", async () => {
    expect((await engine.destroy()).ok).toBe(true);
    expect(server.runs.at(-1)?.command).toBe("echo bye");
  });

  it("names what it does not cover", async () => {
    engine.program(
      `new command.remote.CopyToRemote("copy", { connection: { host: "h" }, source: new pulumi.asset.StringAsset("x"), remotePath: "/x" });`,
    );
    const { ok, text } = await engine.preview();
    expect(ok).toBe(false);
    expect(text).toContain("the bundled command plugin has no resource type `command:remote:CopyToRemote`");
  });
});
