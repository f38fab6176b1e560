import * as fs from "node:fs";
import * as path from "node:path";
import { HostProcess } from "../../hostProcess";
import type { Place } from "../../network/place";
import { awaitStart, type Component, StartFailure, waitUntil } from "./component";
import { type Configurations, ensemblePorts, zooKeeperPort } from "./defaults";
import { failureReason, markLogs } from "./failure";
import { servesClients } from "./fourLetterWord";
import { type HostFolders, type KafkaHost, pathOnHost } from "./hosts";
import type { Java } from "./java";
import { hostEnvironment } from "./launchers";
import { checkPorts } from "./ports";
import { formatProperties } from "./serverProperties";

export interface ZooKeeperOptions {
  host: KafkaHost;
  /** All of the ensemble, in the order of their ids. */
  ensemble: KafkaHost[];
  folders: HostFolders;
  java: Java;
  place: Place;
  /** Milliseconds until a start counts as failed. */
  startTimeout: number;
}

/** One server of the ZooKeeper ensemble. It counts as up when the ensemble has a leader and clients are served. */
export class ZooKeeperServer implements Component {
  private readonly process: HostProcess;

  constructor(private readonly options: ZooKeeperOptions) {
    this.process = new HostProcess(options.folders.record);
  }

  get running(): boolean {
    return this.process.running;
  }

  get pid(): number | undefined {
    return this.process.pid;
  }

  async start(configurations: Configurations, signal?: AbortSignal): Promise<void> {
    if (this.running) return;
    const { host, folders, java, place, startTimeout } = this.options;
    const configuration = this.configure(configurations["zoo.cfg"] ?? {});
    await checkPorts(
      [zooKeeperPort, ...ensemblePorts].map((port) => ({
        address: host.address,
        port,
        what: `ZooKeeper on ${host.name}`,
      })),
      place,
    );
    const logs = ["server.log", "zookeeper.out", "zookeeper.err"].map((name) => path.join(folders.logs, name));
    const mark = markLogs(logs);
    this.process.start({
      command: place.command(
        [
          path.join(folders.bin, "kafka-run-class.sh"),
          "org.apache.zookeeper.server.quorum.QuorumPeerMain",
          configuration,
        ],
        folders.root,
      ),
      cwd: folders.root,
      env: {
        ...hostEnvironment(folders, java),
        LOG_DIR: folders.logs,
        KAFKA_HEAP_OPTS: "-Xmx64m",
        KAFKA_LOG4J_OPTS: `-Dlog4j.configuration=file:${folders.conf}/log4j.properties`,
      },
      stdout: path.join(folders.logs, "zookeeper.out"),
      stderr: path.join(folders.logs, "zookeeper.err"),
    });
    await awaitStart(this.process, {
      who: `ZooKeeper on ${host.name}`,
      serves: () => this.serves(),
      reason: () => failureReason(mark),
      timeout: startTimeout,
      signal,
    });
  }

  async stop(grace: number): Promise<void> {
    await this.process.stop({ grace });
  }

  ready(): Promise<boolean> {
    return waitUntil(
      () => this.serves(),
      this.options.startTimeout,
      () => this.running,
    );
  }

  private serves(): Promise<boolean> {
    return servesClients(this.options.host.address, zooKeeperPort, this.options.place);
  }

  /** Writes zoo.cfg and the server's id. Returns the file's path. */
  private configure(config: Record<string, string>): string {
    const { host, ensemble, folders } = this.options;
    const { dataDir = "", clientPort, ...rest } = config;
    if (clientPort !== undefined && clientPort !== String(zooKeeperPort)) {
      throw new StartFailure(
        `\`zoo.cfg/clientPort\` is ${clientPort}; the twin serves ZooKeeper on ${zooKeeperPort} only`,
      );
    }
    const data = pathOnHost(folders, dataDir);
    const file = path.join(folders.conf, "zoo.cfg");
    fs.mkdirSync(data, { recursive: true, mode: 0o700 });
    fs.writeFileSync(path.join(data, "myid"), String(ensemble.indexOf(host) + 1));
    fs.writeFileSync(path.join(folders.conf, "log4j.properties"), logProperties);
    fs.writeFileSync(
      file,
      formatProperties({
        ...rest,
        dataDir: data,
        clientPort: String(zooKeeperPort),
        clientPortAddress: host.address,
        // Its web server would listen on every address of the machine.
        "admin.enableServer": "false",
        "4lw.commands.whitelist": "srvr,stat,ruok,dump,conf,mntr",
        ...Object.fromEntries(
          ensemble.map(({ name }, index) => [`server.${index + 1}`, [name, ...ensemblePorts].join(":")]),
        ),
      }),
    );
    return file;
  }
}

const logProperties = `\
log4j.rootLogger=INFO, server
log4j.appender.server=org.apache.log4j.RollingFileAppender
log4j.appender.server.File=\${kafka.logs.dir}/server.log
log4j.appender.server.MaxFileSize=10MB
log4j.appender.server.MaxBackupIndex=2
log4j.appender.server.layout=org.apache.log4j.PatternLayout
log4j.appender.server.layout.ConversionPattern=[%d] %p %m (%c)%n
`;
