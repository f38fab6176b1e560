import * as path from "node:path";
import { hostFolders } from "../engines/kafka/hosts";
import { HostProcess } from "../hostProcess";
import { twinPaths } from "../paths";
import { loadKeys } from "../setup/keys";
import { AmbariOperator } from "../stack/ambariOperator";
import { LocalStack } from "../stack/localStack";
import { runAsOperator } from "../stack/runAsOperator";
import { findWorker, workersOf } from "../stack/workers";

/** Kills a broker as a machine that loses power does: nothing is told of it, and nothing starts it again. */
export async function breakBroker(said: string): Promise<void> {
  const { name, brokerId, process: broker } = find(said);
  if (!broker.running || broker.pid === undefined) {
    throw new Error(`${name} is down already. Start it with \`npm run local -- mend broker ${brokerId}\`.`);
  }
  process.kill(broker.pid, "SIGKILL");
  console.log(
    `${name} is down. Look at what that does, then start it again:\n\n` +
      "  npm run topics -- --partitions           # who leads now, and what has too few copies\n" +
      "  npm run verify -- --stack local          # whether messages still get through\n" +
      `  npm run local -- mend broker ${brokerId}`,
  );
}

/** Starts a broker as an operator does, in Ambari, and waits until it serves. */
export async function mendBroker(said: string): Promise<void> {
  const { cluster, host, name, process: broker } = find(said);
  if (broker.running) {
    console.log(`${name} runs.`);
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
    const full = (await ambari.hostsOf("KAFKA_BROKER")).find((one) => one.startsWith(`${host}.`));
    if (!full) throw new Error(`Ambari has no broker on ${host}.`);
    await ambari.startBroker(full);
  } finally {
    await ambari.close();
  }
  console.log(`${name} runs again.`);
}

function find(said: string) {
  const worker = findWorker(workersOf(), said);
  const { cluster, host, brokerId } = worker;
  const folder = path.join(twinPaths().root, "clusters", cluster);
  const { record } = hostFolders(folder, { role: "worker", name: host, address: "" });
  return { ...worker, name: `Broker ${brokerId} (${host})`, process: new HostProcess(record) };
}
