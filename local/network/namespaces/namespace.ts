import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { HostProcess } from "../../hostProcess";
import { Agent } from "./agent";
import { asOwnRoot, keepPortsFree, type NamespaceTools } from "./support";

/** Address at which every network of Azure finds its name service, and from which it is probed. */
export const azureAddress = "168.63.129.16";

/** How long the kernel may take to make one. */
const deadlineMs = 10_000;

/**
 * One network namespace, with a mount namespace for the name service's address. A sleeping process keeps it while
 * nothing else runs in it; it outlives the supervisor, and the next one finds it again by its record.
 */
export class Namespace {
  readonly agent = new Agent((command) => this.enter(command));
  private readonly process: HostProcess;

  /**
   * @param folder of its own: the record of the process, and the file that is `/etc/resolv.conf` inside.
   * @param owner whose user namespace it shares: only so can the two be connected.
   */
  constructor(
    private readonly folder: string,
    private readonly tools: NamespaceTools,
    private readonly owner?: Namespace,
  ) {
    this.process = new HostProcess(path.join(folder, "process"));
  }

  /** The process that keeps it. */
  get pid(): number {
    const { pid } = this.process;
    if (pid === undefined) throw new Error(`The namespace of ${this.folder} is not there`);
    return pid;
  }

  get exists(): boolean {
    return this.process.running;
  }

  /** Makes it, or takes over what an earlier supervisor made. */
  async open(): Promise<void> {
    if (this.exists) return;
    fs.mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    const flags = ["--net", "--mount", "--propagation", "private", "sleep", "infinity"];
    const own = this.tools.userNamespace ? asOwnRoot.unshare : [];
    this.process.start({
      command: this.owner ? this.owner.enterUser(["unshare", ...flags]) : ["unshare", ...own, ...flags],
      cwd: "/",
      env: { PATH: process.env.PATH ?? "" },
      stdout: this.log,
      stderr: this.log,
    });
    await this.made();
    await this.configure();
  }

  /** Ends it, and with it everything that only it kept: addresses, links, rules. */
  async close(): Promise<void> {
    await this.agent.close();
    await this.process.stop({ grace: 0 });
    fs.rmSync(this.folder, { recursive: true, force: true });
  }

  /** The command line that runs `command` inside, as the user who runs this, root over the namespace's networks. */
  enter(command: readonly string[]): string[] {
    return ["nsenter", ...this.user, "--net", "--mount", `--target=${this.pid}`, "--", ...command];
  }

  /** Runs a program inside, and resolves with what it prints. */
  async run(command: readonly string[], input = ""): Promise<string> {
    const [program = "", ...args] = this.enter(command);
    const { stdout } = await execa(program, args, { input });
    return stdout;
  }

  /** Runs commands of `ip`, all or none of which may be there already: give them as `replace` or check before. */
  async ip(commands: readonly string[]): Promise<void> {
    if (commands.length > 0) await this.run([this.tools.ip, "-batch", "-"], `${commands.join("\n")}\n`);
  }

  /** What `ip` knows, such as `["route"]`. */
  async show<T>(what: readonly string[]): Promise<T[]> {
    return JSON.parse((await this.run([this.tools.ip, "-json", ...what])) || "[]") as T[];
  }

  /** Replaces all rules of the firewall by these. */
  async filter(ruleset: string): Promise<void> {
    await this.run([this.tools.nft, "-f", "-"], `flush ruleset\n${ruleset}`);
  }

  private enterUser(command: readonly string[]): string[] {
    return this.tools.userNamespace
      ? ["nsenter", ...this.user, `--target=${this.pid}`, "--", ...command]
      : [...command];
  }

  private get user(): string[] {
    return this.tools.userNamespace ? asOwnRoot.nsenter : [];
  }

  private get log(): string {
    return path.join(this.folder, "log");
  }

  /** Waits until the process is the one that sleeps: then its namespaces are made. */
  private async made(): Promise<void> {
    const deadline = Date.now() + deadlineMs;
    for (;;) {
      if (!this.exists) {
        throw new Error(`No network namespace could be made: ${fs.readFileSync(this.log, "utf8").trim()}`);
      }
      if (fs.readFileSync(`/proc/${this.pid}/comm`, "utf8").trim() === "sleep") return;
      if (Date.now() > deadline) throw new Error(`No network namespace was there within ${deadlineMs / 1000} s`);
      await sleep(10);
    }
  }

  private async configure(): Promise<void> {
    const file = path.join(this.folder, "resolv.conf");
    fs.writeFileSync(file, `nameserver ${azureAddress}\n`);
    // Of no use outside this namespace: connections begin at the network's own addresses.
    await this.ip(["link set lo up", `address add ${azureAddress}/32 dev lo scope host`]);
    await this.run(["sh", "-c", keepPortsFree]);
    await this.run(["sh", "-c", 'mount --bind "$1" "$(readlink -f /etc/resolv.conf)"', "sh", file]);
  }
}
