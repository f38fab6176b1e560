import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import type { NetworkChoice } from "../../local/network";
import { toolPaths } from "../../local/paths";
import { provideDataset } from "../../local/stack/dataset";
import { LocalStack } from "../../local/stack/localStack";
import { startSupervisor, stopSupervisor } from "../../local/supervise";
import { processesNaming } from "./processes";

/** A twin of a test's own: home in a temporary folder, addresses that no other test and no `npm start` uses. */
export class TestTwin {
  private constructor(
    readonly home: string,
    private readonly octet: number,
  ) {}

  /**
   * Starts the services. `octet` is the second one of Kafka's network, 10.<octet>.0.0/16; each test file has its own,
   * since in loopback mode, the default, they all share this machine.
   */
  static async start(octet: number, network: NetworkChoice = "loopback"): Promise<TestTwin> {
    const twin = new TestTwin(mkdtempSync(path.join(tmpdir(), "twin-")), octet);
    await startSupervisor(twin.home, { network });
    await provideDataset(twin.home, toolPaths());
    return twin;
  }

  /** The stack on this twin, with configuration values (by key below `streaming:`) on top of `Pulumi.local.yaml`. */
  stack(overrides: Record<string, unknown> = {}): Promise<LocalStack> {
    const values = {
      kafkaAddressSpace: `10.${this.octet}.0.0/16`,
      kafkaSubnetPrefix: `10.${this.octet}.0.0/24`,
      ...overrides,
    };
    const config = Object.fromEntries(Object.entries(values).map(([key, value]) => [`streaming:${key}`, value]));
    return LocalStack.open(this.home, toolPaths(), config);
  }

  /** Ends everything and removes the home. Throws, naming them, when processes of this twin are left. */
  async stop(): Promise<void> {
    await stopSupervisor(this.home);
    const left = processesNaming(this.home);
    rmSync(this.home, { recursive: true, force: true });
    if (left.length > 0) throw new Error(`Processes were left:\n${left.join("\n")}`);
  }
}
