import { existsSync, readdirSync } from "node:fs";
import * as path from "node:path";
import { hostFolders } from "../engines/kafka/hosts";
import { HostProcess } from "../hostProcess";
import { twinPaths } from "../paths";
import { loadKeys } from "../setup/keys";
import { AmbariOperator } from "../stack/ambariOperator";
import { LocalStack } from "../stack/localStack";
import { runAsOperator } from "../stack/runAsOperator";

/** Kills a broker as a machine that loses power does: nothing is told of it, and nothing starts it again. */
export async function breakBroker(number: number): Promise<void> {
  const { host, process: broker } = find(number);
  if (!broker.running || broker.pid === undefined) {
    throw new Error(`${host} is down already. Start it with \`npm run local -- mend broker ${number}\`.`);
  }
  process.kill(broker.pid, "SIGKILL");
  console.log(
    `${host} is down. Look at what that does, then start it again:\n\n` +
      "  npm run topics -- --partitions           # who leads now, and what has too few copies\n" +
      "  npm run verify -- --stack local          # whether messages still get through\n" +
      `  npm run local -- mend broker ${number}`,
  );
}

/** Starts a broker as an operator does, in Ambari, and waits until it serves. */
export async function mendBroker(number: number): Promise<void> {
  const { cluster, host, process: broker } = find(number);
  if (broker.running) {
    console.log(`${host} runs.`);
    return;
  }
  // Ambari is where the operator is.
  if (await runAsOperator()) return;
  const stack = await LocalStack.open();
  const { kafkaDashboardUrl } = (await stack.outputs()) as { kafkaDashboardUrl: string };
  const { gatewayPassword } = await loadKeys(twinPaths().root);
  const login = { user: "admin", password: gatewayPassword };
  const ambari = new AmbariOperator(kafkaDashboardUrl, cluster, login, stack.environment.SSL_CERT_FILE as string);
  try {
    const full = (await ambari.hostsOf("KAFKA_BROKER")).find((name) => name.startsWith(`${host}.`));
    if (!full) throw new Error(`Ambari has no broker on ${host}.`);
    await ambari.startBroker(full);
  } finally {
    await ambari.close();
  }
  console.log(`${host} runs again.`);
}

/** The worker of a number, as HDInsight numbers them: `wn2-kafkalocal` is 2. */
function find(number: number): { cluster: string; host: string; process: HostProcess } {
  const clusters = path.join(twinPaths().root, "clusters");
  const workers = subfolders(clusters).flatMap((cluster) =>
    subfolders(path.join(clusters, cluster))
      .filter((host) => /^wn\d+-/.test(host))
      .map((host) => ({ cluster, host })),
  );
  const found = workers.find(({ host }) => host.startsWith(`wn${number}-`));
  if (!found) {
    const there = workers.map(({ host }) => /^wn(\d+)/.exec(host)?.[1]).join(", ");
    throw new Error(`There is no broker ${number}. There ${there ? `are: ${there}` : "is none: `npm start` first"}.`);
  }
  const { record } = hostFolders(path.join(clusters, found.cluster), { role: "worker", name: found.host, address: "" });
  return { ...found, process: new HostProcess(record) };
}

function subfolders(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}
