import { toolPaths, twinPaths } from "../../local/paths";
import { loadKeys } from "../../local/setup/keys";
import { provideDataset } from "../../local/stack/dataset";
import { LocalStack } from "../../local/stack/localStack";
import { startSupervisor, stopSupervisor } from "../../local/supervise";
import { HeadNode } from "../../tools/rebalance/headNode";

/** Second octet of Kafka's network, which nothing else here uses: a bench runs beside an environment that is up. */
const octet = 100;

/** The whole topology, real Kafka and real Spark, deployed in a home of its own. */
export class DeployedTwin {
  private constructor(
    readonly home: string,
    readonly stack: LocalStack,
    readonly outputs: Record<string, unknown>,
  ) {}

  /** Starts the services and deploys, with configuration (by key below `streaming:`) on top of `Pulumi.local.yaml`. */
  static async deploy(home: string, config: Record<string, unknown> = {}): Promise<DeployedTwin> {
    const range = { kafkaAddressSpace: `10.${octet}.0.0/16`, kafkaSubnetPrefix: `10.${octet}.0.0/24` };
    const overrides = Object.entries({ ...range, ...config }).map(([key, value]) => [`streaming:${key}`, value]);
    try {
      await startSupervisor(home, { network: "loopback" });
      await provideDataset(home, toolPaths());
      const stack = await LocalStack.open(home, toolPaths(), Object.fromEntries(overrides));
      await stack.run("up", [], { stdio: "pipe" });
      return new DeployedTwin(home, stack, await stack.outputs());
    } catch (error) {
      await stopSupervisor(home);
      throw error;
    }
  }

  get bootstrapServers(): string {
    return String(this.outputs.bootstrapServers);
  }

  /** A session on the cluster's head node. */
  async headNode(): Promise<HeadNode> {
    const [host = "", port] = String(this.outputs.sshEndpoint).split(":");
    const { ssh } = await loadKeys(this.home);
    return HeadNode.connect({ host, port: Number(port), username: "sshuser", privateKey: ssh.privateKey });
  }

  /** The folder that notebooks know by a path that begins with /Volumes. */
  volume(path: string): string {
    return path.replace(/^\/Volumes/, twinPaths(this.home).volumes);
  }

  /** Ends every process. What they wrote goes with the folder. */
  stop(): Promise<void> {
    return stopSupervisor(this.home);
  }
}
