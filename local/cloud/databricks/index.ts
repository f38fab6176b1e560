import { randomInt } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import type { NotebookEngine } from "../../engines/spark";
import type { Logger } from "../../log";
import { loopbackNetworks } from "../../network/loopback";
import type { Networks } from "../../network/networks";
import { twinPaths } from "../../paths";
import type { Driver } from "../arm";
import { listenPublicly } from "../http";
import { JsonStore } from "../store";
import type { CertificateAuthority } from "../tls";
import type { UnsupportedCalls } from "../unsupported";
import { defaultTiming, type Timing, type WorkspaceContext } from "./context";
import { WorkspaceService } from "./workspaceService";

export type { Timing } from "./context";

export interface DatabricksOptions {
  /** The twin's home; workspaces live in its `databricks` folder, `/Volumes` in its `volumes` folder. */
  home: string;
  tls: Pick<CertificateAuthority, "issue">;
  log: Logger;
  /** Told of calls that the twin does not imitate. */
  unsupported?: UnsupportedCalls;
  notebooks: Pick<NotebookEngine, "run" | "resolve">;
  /** The bearer token that is accepted. */
  token: string;
  /** Whose token that is: creator of everything, workspace admin. */
  userName: string;
  /** Default: all at loopback addresses of this machine. */
  networks?: Networks;
  /** Names of groups that the account has beside those that every workspace has. Default: none. */
  groups?: () => readonly string[];
  /** Shorter or longer waits than the defaults. */
  timing?: Partial<Timing>;
  /** Loopback address that workspaces are served at. Default 127.0.0.1. */
  address?: string;
}

/** A workspace that is being served. */
export interface Workspace {
  /** `127.0.0.1:port`: ARM's `workspaceUrl`. */
  host: string;
  /** Numeric, as text. */
  workspaceId: string;
}

interface WorkspaceRecord {
  /** ARM resource id as given at creation. */
  id: string;
  name: string;
  workspaceId: string;
  port: number;
  createdAt: number;
  /** Where its notebooks run; absent in workspaces that were made before there was a choice. */
  driver?: Driver;
}

/** Databricks workspaces, each an HTTPS server of its own that speaks Databricks's REST APIs. */
export class DatabricksWorkspaces {
  private readonly records: JsonStore<WorkspaceRecord>;
  private readonly services = new Map<string, WorkspaceService>();
  private readonly creating = new Map<string, Promise<Workspace>>();
  private readonly timing: Timing;
  private readonly folder: string;
  private readonly address: string;

  constructor(private readonly options: DatabricksOptions) {
    this.address = options.address ?? "127.0.0.1";
    this.timing = { ...defaultTiming, ...options.timing };
    this.folder = path.join(options.home, "databricks");
    this.records = JsonStore.open(path.join(this.folder, "workspaces.json"));
  }

  /**
   * Creates a workspace and serves it on a free port, which it keeps for good. One that is there already is returned
   * as it is. It answers errors for a short while, as real ones do after ARM has said Succeeded.
   */
  async create(id: string, name: string, driver?: Driver): Promise<Workspace> {
    const key = keyOf(id);
    const present = this.find(id) ?? this.creating.get(key);
    if (present) return present;
    const created = this.createNew(id, name, driver).finally(() => this.creating.delete(key));
    this.creating.set(key, created);
    return created;
  }

  find(id: string): Workspace | undefined {
    const record = this.records.get(keyOf(id));
    return record && { host: `${this.address}:${record.port}`, workspaceId: record.workspaceId };
  }

  /** Ends a workspace's runs and server and deletes its state. Files under `/Volumes` stay: volumes outlive workspaces. */
  async delete(id: string): Promise<void> {
    const record = this.records.get(keyOf(id));
    if (!record) return;
    this.records.delete(keyOf(id));
    await this.services.get(record.workspaceId)?.close();
    this.services.delete(record.workspaceId);
    fs.rmSync(path.join(this.folder, record.workspaceId), { recursive: true, force: true });
  }

  /** Serves again what is recorded on disk, on the same ports, and starts its continuous jobs. */
  async restore(): Promise<void> {
    for (const record of this.records.values()) await this.serve(record);
  }

  /** Ends all runs and servers. State stays, for `restore`. */
  async close(): Promise<void> {
    await Promise.all([...this.services.values()].map((service) => service.close()));
    this.services.clear();
  }

  private get networks(): Networks {
    return this.options.networks ?? loopbackNetworks;
  }

  /** Looked up when a run starts: a workspace is served before its network is there, and after. */
  private driverOf({ network, driver }: Driver): WorkspaceContext["driver"] {
    return () =>
      this.networks.mode === "namespaces" ? { place: this.networks.network(network), address: driver } : undefined;
  }

  private async createNew(id: string, name: string, driver: Driver | undefined): Promise<Workspace> {
    const record: WorkspaceRecord = { id, name, workspaceId: newWorkspaceId(), port: 0, createdAt: Date.now(), driver };
    const port = await this.serve(record);
    this.records.set(keyOf(id), { ...record, port });
    return this.find(id) as Workspace;
  }

  private async serve(record: WorkspaceRecord): Promise<number> {
    const { home, tls, log, token, userName, groups, notebooks } = this.options;
    const context = {
      workspaceId: record.workspaceId,
      host: `${this.address}:${record.port}`,
      userName,
      folder: path.join(this.folder, record.workspaceId),
      volumes: twinPaths(home).volumes,
      log: log.child(`databricks.${record.name}`),
      timing: this.timing,
      notebooks,
      groups,
      driver: record.driver && this.driverOf(record.driver),
    };
    const certificate = await tls.issue([this.address, "localhost"]);
    const service = new WorkspaceService(context, {
      tls: certificate,
      token,
      createdAt: record.createdAt,
      unsupported: this.options.unsupported,
    });
    const { port } = await listenPublicly(service.app, this.networks, this.address, record.port);
    context.host = `${this.address}:${port}`;
    this.services.set(record.workspaceId, service);
    service.restore();
    return port;
  }
}

/** ARM ids are compared without regard to case. */
const keyOf = (id: string) => id.toLowerCase();

/** Sixteen digits, as Databricks's; also the `o=` of its page addresses. */
const newWorkspaceId = () =>
  `${randomInt(1, 10)}${String(randomInt(0, 1e7)).padStart(7, "0")}${String(randomInt(0, 1e8)).padStart(8, "0")}`;
