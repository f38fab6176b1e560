/**
 * Prints the IP addresses of all brokers and ZooKeeper nodes as JSON, in numerical order. Run by `KafkaAddresses`.
 * HDInsight's ARM API does not tell them; Ambari does.
 */
import { Ambari, connectionFromEnvironment } from "./client";

async function main(): Promise<void> {
  const ambari = new Ambari(connectionFromEnvironment());
  const [brokers, zookeepers, hosts] = await Promise.all([
    hostsOf(ambari, "KAFKA", "KAFKA_BROKER"),
    hostsOf(ambari, "ZOOKEEPER", "ZOOKEEPER_SERVER"),
    ambari.get<{ items: { Hosts: { host_name: string; ip: string } }[] }>("/hosts?fields=Hosts/ip,Hosts/host_name"),
  ]);
  const addressOf = new Map(hosts.items.map(({ Hosts }) => [Hosts.host_name, Hosts.ip]));
  const addresses = (names: string[]) =>
    names
      .map((name) => {
        const ip = addressOf.get(name);
        if (!ip) throw new Error(`Ambari lists \`${name}\` but tells no address for it.`);
        return ip;
      })
      .sort((a, b) => numeric(a) - numeric(b));
  console.log(JSON.stringify({ brokers: addresses(brokers), zookeepers: addresses(zookeepers) }));
}

async function hostsOf(ambari: Ambari, service: string, component: string): Promise<string[]> {
  const { host_components } = await ambari.get<{ host_components: { HostRoles: { host_name: string } }[] }>(
    `/services/${service}/components/${component}`,
  );
  if (host_components.length === 0) throw new Error(`Ambari lists no host with \`${component}\`.`);
  return host_components.map(({ HostRoles }) => HostRoles.host_name);
}

const numeric = (ip: string) => ip.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);

main().catch((error: Error) => {
  console.error(`Reading the addresses failed: ${error.message}`);
  process.exitCode = 1;
});
