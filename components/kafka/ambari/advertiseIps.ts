/**
 * Makes every broker advertise its IP address, or the name for it in `KAFKA_BROKER_NAMES`; with `KAFKA_ADVERTISE=none` its
 * own host name again. Run by `KafkaAddresses`; may be run any number of times.
 *
 * Kafka is restarted only when a configuration changed, or when some broker still runs with an old one, which is how a
 * run that was cut short is carried on. Progress goes to standard error, the outcome as JSON to standard output.
 */
import { Ambari, connectionFromEnvironment } from "./client";
import { advertising, apply, desired, namesFromEnvironment, withoutAdvertising } from "./kafkaConfiguration";
import { brokerStates, leaveMaintenance, restartKafka } from "./kafkaService";

async function main(): Promise<void> {
  const ambari = new Ambari(connectionFromEnvironment());
  const log = (line: string) => console.error(line);

  const [env, broker] = await desired(ambari, ["kafka-env", "kafka-broker"]);
  const wanted =
    process.env.KAFKA_ADVERTISE === "none"
      ? withoutAdvertising(env, broker)
      : advertising(env, broker, namesFromEnvironment());
  const changed = [...(wanted.env === env ? [] : [wanted.env]), ...(wanted.broker === broker ? [] : [wanted.broker])];
  if (changed.length > 0) await apply(ambari, changed);

  const before = await brokerStates(ambari);
  const restart = changed.length > 0 || before.some((b) => b.staleConfigs || b.state !== "STARTED");
  if (restart) await restartKafka(ambari, log);
  else await leaveMaintenance(ambari, log);

  const wrong = (await brokerStates(ambari)).filter((b) => b.staleConfigs || b.state !== "STARTED");
  if (wrong.length > 0) {
    const list = wrong
      .map((b) => `${b.host} is ${b.state}${b.staleConfigs ? " with an old configuration" : ""}`)
      .join("; ");
    throw new Error(
      `Not every broker runs after the restart: ${list}. Look at its log in Ambari, then run \`pulumi up\` again.`,
    );
  }
  console.log(JSON.stringify({ changed: changed.map((c) => c.type), restarted: restart, brokers: before.length }));
}

main().catch((error: Error) => {
  console.error(`Changing what brokers advertise failed: ${error.message}`);
  process.exitCode = 1;
});
