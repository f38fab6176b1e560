import * as path from "node:path";
import { type Closable, closeAll } from "./closing";
import { ArmService } from "./cloud/arm";
import { DatabricksWorkspaces } from "./cloud/databricks";
import { KafkaClusters } from "./cloud/hdinsight";
import type { Address } from "./cloud/http";
import { JsonStore } from "./cloud/store";
import { CertificateAuthority } from "./cloud/tls";
import { UnsupportedCalls } from "./cloud/unsupported";
import { XApi } from "./cloud/x";
import { NotebookEngine } from "./engines/spark";
import { type LogFile, openLog } from "./log";
import { endLeftOverNetworks, type NetworkChoice, type OpenNetworks, openNetworks } from "./network";
import { PageAccess, PageServer, TwinSnapshots } from "./page";
import { type ToolPaths, toolPaths, twinPaths } from "./paths";
import { loadKeys, operator, type TwinKeys } from "./setup/keys";
import { WorkspaceClient } from "./stack/workspaceClient";
import { makeVolumes } from "./volumes";

interface Part extends Closable {
  name: string;
}

export interface OpenTwin {
  twin: Twin;
  arm: Address;
  x: Address;
  /** The page that shows what goes on, with its path. */
  page: Address & { path: string };
  network: OpenNetworks;
}

/** All services and engines of one twin, in one process. */
export class Twin {
  private readonly parts: Part[] = [];

  private constructor(
    private readonly home: string,
    private readonly log: LogFile,
  ) {}

  /**
   * Opens the twin of `home` and takes up what is recorded there: clusters, workspaces with their jobs, operations.
   * Rejects, with everything closed again, when one part cannot start.
   */
  static async open(home: string, tools: ToolPaths = toolPaths(), network: NetworkChoice = "auto"): Promise<OpenTwin> {
    const log = openLog(logFile(home));
    const twin = new Twin(home, log);
    try {
      return { twin, ...(await twin.start(tools, network)) };
    } catch (error) {
      log.error("the twin cannot start", { error });
      await twin.close();
      throw error;
    }
  }

  /** Ends the processes that a killed twin of `home` left behind, and keeps their data. Starts nothing. */
  static async endLeftOver(home: string, tools: ToolPaths = toolPaths()): Promise<void> {
    const log = openLog(logFile(home));
    try {
      const tls = await CertificateAuthority.open(twinPaths(home).keys);
      await new NotebookEngine({ home, tools, log: log.child("spark") }).endOrphans();
      await new KafkaClusters({ home, tools, tls, log: log.child("kafka") }).close();
      await endLeftOverNetworks(home);
    } finally {
      log.close();
    }
  }

  /** Closes everything, the services before the engines they use. What one part's end fails with stops no other's. */
  async close(): Promise<void> {
    await closeAll(this.parts, (error, part) => this.log.error("closing failed", { part: part.name, error }));
    this.log.info("closed");
    this.log.close();
  }

  private async start(tools: ToolPaths, choice: NetworkChoice): Promise<Omit<OpenTwin, "twin">> {
    const { home, log } = this;
    const keys = await loadKeys(home);
    const tls = await CertificateAuthority.open(twinPaths(home).keys);
    const unsupported = new UnsupportedCalls(home, log);

    const network = await openNetworks(home, tools, choice);
    const { networks } = network;
    this.add("networks", networks);
    log.info("networks", { mode: networks.mode, reason: network.reason });
    makeVolumes(home);
    const notebooks = this.add(
      "notebooks",
      new NotebookEngine({ home, tools, log: log.child("spark"), volumesMustExist: true }),
    );
    const kafka = this.add(
      "kafka",
      new KafkaClusters({ home, tools, tls, log: log.child("kafka"), unsupported, networks }),
    );
    const x = this.add(
      "x",
      new XApi({
        dataset: tools.dataset,
        bearerToken: keys.xBearerToken,
        log,
        state: path.join(home, "x"),
        unsupported,
        networks,
      }),
    );
    const databricks = this.add(
      "databricks",
      new DatabricksWorkspaces({
        home,
        tls,
        log,
        notebooks,
        token: keys.databricksToken,
        userName: operator,
        unsupported,
        networks,
      }),
    );
    const arm = this.add(
      "arm",
      new ArmService({
        home,
        tls,
        log: log.child("arm"),
        kafka,
        databricks,
        credentials: keys.azure,
        unsupported,
        networks,
      }),
    );

    const access = new PageAccess(keys);
    const page = this.add("page", this.page(access, keys, network, arm, kafka));

    await notebooks.endOrphans();
    await arm.applyNetworks();
    await kafka.restore();
    const xAddress = await this.listen("x", x);
    await databricks.restore();
    const armAddress = await this.listen("arm", arm);
    const pageAddress = { ...(await this.listen("page", page)), path: access.path };
    return { x: xAddress, arm: armAddress, page: pageAddress, network };
  }

  private page(access: PageAccess, keys: TwinKeys, network: OpenNetworks, arm: ArmService, kafka: KafkaClusters) {
    const authority = path.join(twinPaths(this.home).keys, "ca.pem");
    const source = new TwinSnapshots({
      home: this.home,
      networkMode: network.networks.mode,
      resources: () => arm.resources(),
      clusters: () => kafka.nodes(),
      workspace: (url) => new WorkspaceClient(url, keys.databricksToken, authority),
    });
    return new PageServer({ access, source, log: this.log.child("page") });
  }

  private add<T extends Closable>(name: string, part: T): T {
    this.parts.push({ name, close: () => part.close() });
    return part;
  }

  /** On the port of last time, so that addresses stay across restarts; on another when that is taken by now. */
  private async listen(name: string, service: { listen(port?: number): Promise<Address> }): Promise<Address> {
    const ports = JsonStore.open<number>(path.join(this.home, "ports.json"));
    const last = ports.get(name);
    const address = await service.listen(last).catch((error: Error) => {
      if (last === undefined) throw error;
      this.log.warn("taking another port", { name, last, error });
      return service.listen();
    });
    if (address.port !== last) ports.set(name, address.port);
    return address;
  }
}

function logFile(home: string): string {
  return path.join(twinPaths(home).logs, "twin.log");
}
