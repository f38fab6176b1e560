/** Properties by configuration type (`kafka-broker`, `kafka-env`, ...), as Ambari keeps them. Values are strings. */
export type Configurations = Record<string, Record<string, string>>;

/** Configuration types that each component is started with; a change of one makes the component's state stale. */
export const configurationTypes = {
  KAFKA_BROKER: ["kafka-broker", "kafka-env", "kafka-log4j"],
  ZOOKEEPER_SERVER: ["zoo.cfg"],
} as const;

export const zooKeeperPort = 2181;
/** Ports on which the servers of an ensemble talk to each other: to the leader, and for its election. */
export const ensemblePorts = [2888, 3888];

export interface ClusterShape {
  /** Names of the ZooKeeper hosts. */
  zookeepers: string[];
  /** Number of brokers. */
  brokers: number;
  /** `kafka-broker` properties given when the cluster is created. They win over the defaults. */
  brokerConfig: Record<string, string>;
}

/** What a new HDInsight Kafka cluster is configured with. */
export function defaultConfigurations({ zookeepers, brokers, brokerConfig }: ClusterShape): Configurations {
  const copies = String(Math.min(3, brokers));
  return {
    "kafka-broker": {
      ...hdinsightBroker,
      ...smallMachine,
      "zookeeper.connect": zookeepers.map((name) => `${name}:${zooKeeperPort}`).join(","),
      "offsets.topic.replication.factor": copies,
      "transaction.state.log.replication.factor": copies,
      "transaction.state.log.min.isr": String(Math.min(2, brokers)),
      ...brokerConfig,
    },
    "kafka-env": {
      kafka_user: "kafka",
      kafka_log_dir: "/var/log/kafka",
      kafka_pid_dir: "/var/run/kafka",
      content: kafkaEnv,
    },
    "kafka-log4j": { kafka_log_maxfilesize: "10", kafka_log_maxbackupindex: "2", content: kafkaLog4j },
    "zoo.cfg": {
      tickTime: "2000",
      initLimit: "10",
      syncLimit: "5",
      dataDir: "/hadoop/zookeeper",
      clientPort: String(zooKeeperPort),
      "autopurge.snapRetainCount": "3",
      "autopurge.purgeInterval": "24",
    },
  };
}

/** Every listener by host name, which only the cluster's own network resolves: the state that IP advertising changes. */
const hdinsightBroker = {
  listeners: "PLAINTEXT://localhost:9092",
  "auto.create.topics.enable": "false",
  "auto.leader.rebalance.enable": "true",
  "compression.type": "producer",
  "controlled.shutdown.enable": "true",
  "controlled.shutdown.max.retries": "3",
  "default.replication.factor": "1",
  "delete.topic.enable": "true",
  "log.dirs": "/kafka-logs",
  "log.retention.hours": "168",
  "log.segment.bytes": "1073741824",
  "message.max.bytes": "1000000",
  "min.insync.replicas": "1",
  "num.io.threads": "8",
  "num.network.threads": "3",
  "num.partitions": "1",
  "replica.fetch.max.bytes": "1048576",
  "replica.lag.time.max.ms": "10000",
  "socket.request.max.bytes": "104857600",
  "zookeeper.connection.timeout.ms": "25000",
};

/**
 * What differs from HDInsight's because the brokers share one small machine: fewer internal partitions and buffers, and
 * short waits where a real cluster has to bridge slow networks (5 s between tries to hand over leadership when all
 * brokers stop together, 30 s until a dead broker is noticed, 3 s until a consumer group starts).
 */
const smallMachine = {
  "background.threads": "4",
  "controlled.shutdown.retry.backoff.ms": "200",
  "group.initial.rebalance.delay.ms": "0",
  "log.cleaner.dedupe.buffer.size": "10485760",
  "offsets.topic.num.partitions": "3",
  "transaction.state.log.num.partitions": "3",
  "zookeeper.session.timeout.ms": "6000",
};

const kafkaEnv = `#!/bin/bash

# Set KAFKA specific environment variables here.

# The java implementation to use.
export JAVA_HOME={{java64_home}}
export PATH=$PATH:$JAVA_HOME/bin
export PID_DIR={{kafka_pid_dir}}
export LOG_DIR={{kafka_log_dir}}
export KAFKA_KERBEROS_PARAMS={{kafka_kerberos_params}}
`;

const kafkaLog4j = `log4j.rootLogger=INFO, server

log4j.appender.server=org.apache.log4j.RollingFileAppender
log4j.appender.server.File=\${kafka.logs.dir}/server.log
log4j.appender.server.MaxFileSize={{kafka_log_maxfilesize}}MB
log4j.appender.server.MaxBackupIndex={{kafka_log_maxbackupindex}}
log4j.appender.server.layout=org.apache.log4j.PatternLayout
log4j.appender.server.layout.ConversionPattern=[%d] %p %m (%c)%n

log4j.logger.kafka.request.logger=WARN
log4j.logger.kafka.network.RequestChannel$=WARN
`;
