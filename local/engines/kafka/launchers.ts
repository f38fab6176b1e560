import * as fs from "node:fs";
import * as path from "node:path";
import { type HostFolders, type KafkaHost, shortName } from "./hosts";
import type { Java } from "./java";

/** Kafka's command line tools by the name of their script, as in the distribution's `bin` folder. */
export const tools: Record<string, string> = {
  "kafka-acls.sh": "kafka.admin.AclCommand",
  "kafka-broker-api-versions.sh": "kafka.admin.BrokerApiVersionsCommand",
  "kafka-configs.sh": "kafka.admin.ConfigCommand",
  "kafka-console-consumer.sh": "kafka.tools.ConsoleConsumer",
  "kafka-console-producer.sh": "kafka.tools.ConsoleProducer",
  "kafka-consumer-groups.sh": "kafka.admin.ConsumerGroupCommand",
  "kafka-consumer-perf-test.sh": "kafka.tools.ConsumerPerformance",
  "kafka-delete-records.sh": "kafka.admin.DeleteRecordsCommand",
  "kafka-dump-log.sh": "kafka.tools.DumpLogSegments",
  "kafka-get-offsets.sh": "kafka.tools.GetOffsetShell",
  "kafka-leader-election.sh": "kafka.admin.LeaderElectionCommand",
  "kafka-log-dirs.sh": "kafka.admin.LogDirsCommand",
  "kafka-producer-perf-test.sh": "org.apache.kafka.tools.ProducerPerformance",
  "kafka-reassign-partitions.sh": "kafka.admin.ReassignPartitionsCommand",
  "kafka-topics.sh": "kafka.admin.TopicCommand",
};

/**
 * Writes what a host needs to run Kafka's programs: `bin/` with launchers, `conf/`, and the shims on its PATH.
 * `hostsFile` resolves names for Java where no name service does.
 */
export function installKafka(folders: HostFolders, host: KafkaHost, java: Java, hostsFile: string | undefined): void {
  for (const folder of [folders.bin, folders.conf, folders.logs, folders.shims, folders.tmp]) {
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  }
  writeScript(path.join(folders.bin, "kafka-run-class.sh"), runClass(folders, java, hostsFile));
  writeScript(path.join(folders.bin, "kafka-server-start.sh"), serverStart(folders, host, hostsFile));
  for (const [script, mainClass] of Object.entries(tools)) {
    writeScript(path.join(folders.bin, script), `exec "$(dirname "$0")/kafka-run-class.sh" ${mainClass} "$@"\n`);
  }
  writeScript(path.join(folders.shims, "hostname"), hostnameShim(host));
  fs.writeFileSync(path.join(folders.conf, "tools-log4j.properties"), toolsLog);
}

/** The environment of a process on a host: the machine's own tools, the host's name and address, nothing else. */
export function hostEnvironment(folders: HostFolders, java: Java): Record<string, string> {
  return {
    PATH: [folders.shims, systemPath, process.env.PATH].filter(Boolean).join(path.delimiter),
    HOME: folders.root,
    LANG: "C.UTF-8",
    JAVA_HOME: java.home,
    // glibc's per-thread arenas cost tens of megabytes for each JVM, and memory is what a laptop lacks first.
    MALLOC_ARENA_MAX: "2",
  };
}

/** Where a node has its commands; the machine's own PATH follows, for systems that keep them elsewhere. */
const systemPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

function writeScript(file: string, text: string): void {
  fs.writeFileSync(file, `#!/usr/bin/env bash\n${text}`, { mode: 0o755 });
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

const runClass = (folders: HostFolders, java: Java, hostsFile: string | undefined) => `\
# Runs one of Kafka's classes. Understands the variables of the distribution's script of this name that people set:
# KAFKA_HEAP_OPTS, KAFKA_JVM_PERFORMANCE_OPTS, KAFKA_LOG4J_OPTS, KAFKA_OPTS, CLASSPATH, LOG_DIR.
export CLASSPATH=${quote(java.classpath.join(":"))}\${CLASSPATH:+:$CLASSPATH}
exec ${quote(java.executable)} \${KAFKA_HEAP_OPTS:--Xmx256m} \\
  ${java.options.map(quote).join(" ")} $KAFKA_JVM_PERFORMANCE_OPTS \\
  ${hostsFile ? `-Djdk.net.hosts.file=${quote(hostsFile)} ` : ""}-Djava.io.tmpdir=${quote(folders.tmp)} \\
  -Dkafka.logs.dir="\${LOG_DIR:-${folders.logs}}" \\
  \${KAFKA_LOG4J_OPTS:--Dlog4j.configuration=file:${folders.conf}/tools-log4j.properties} \\
  $KAFKA_OPTS "$@"
`;

const serverStart = (folders: HostFolders, host: KafkaHost, hostsFile: string | undefined) => `\
# Runs a broker with the given server.properties, in the foreground.
properties=$1
shift
value() { sed -n "s/^[[:space:]]*$1[[:space:]]*=[[:space:]]*//p" "$properties" | tail -n 1; }
listeners=$(value listeners)
# 0.0.0.0 means every address of the host. All hosts share this machine, so here it means the one address that the host
# has. Without advertised.listeners it stays, and Kafka refuses it, as it does anywhere. No host at all means 0.0.0.0 to
# listen on and the host's name to advertise.
listeners=\${listeners//:\\/\\/:/:\\/\\/${host.name}:}
if [[ -n $(value 'advertised\\.listeners') ]]; then
  listeners=\${listeners//:\\/\\/0.0.0.0:/:\\/\\/${host.address}:}
  listeners=\${listeners//:\\/\\/[[]::[]]:/:\\/\\/${host.address}:}
fi
${hostsFile ? onlyKnownNames(hostsFile) : ""}export KAFKA_HEAP_OPTS=\${KAFKA_HEAP_OPTS:--Xms64m -Xmx256m}
export KAFKA_LOG4J_OPTS=\${KAFKA_LOG4J_OPTS:--Dlog4j.configuration=file:${folders.conf}/log4j.properties}
exec ${quote(folders.bin)}/kafka-run-class.sh kafka.Kafka "$properties" \${listeners:+--override "listeners=$listeners"} "$@"
`;

/** Without a name service, brokers would look in vain for names of private DNS, each other's among them, and say so nowhere. */
const onlyKnownNames = (hostsFile: string) => `\
for advertised in $(value 'advertised\\.listeners' | tr ',' ' '); do
  name=\${advertised#*://}
  name=\${name%:*}
  if [[ $name =~ [a-z]\\.[a-z] ]] && ! grep -qwF -e "$name" ${quote(hostsFile)}; then
    echo "FATAL This broker is to advertise $name, and without network namespaces the twin has no name service that answers private DNS zones: start it with --network namespaces, or let brokers advertise addresses." >&2
    exit 1
  fi
done
`;

const hostnameShim = (host: KafkaHost) => `\
case "$*" in
  "") echo ${shortName(host)} ;;
  -s | --short) echo ${shortName(host)} ;;
  -f | --fqdn | --long | -A | --all-fqdns) echo ${host.name} ;;
  -d | --domain) echo ${host.name.slice(shortName(host).length + 1)} ;;
  -i | --ip-address | -I | --all-ip-addresses) echo ${host.address} ;;
  *) echo "hostname: the twin's hosts do not know the option '$*'" >&2; exit 1 ;;
esac
`;

const toolsLog = `\
log4j.rootLogger=WARN, stderr
log4j.appender.stderr=org.apache.log4j.ConsoleAppender
log4j.appender.stderr.target=System.err
log4j.appender.stderr.layout=org.apache.log4j.PatternLayout
log4j.appender.stderr.layout.ConversionPattern=[%d] %p %m (%c)%n
`;
