/**
 * What brokers are made with unless `KafkaClusterArgs.brokerConfig` says otherwise. In a file of its own, without Azure's
 * types, since whoever checks topics has to know what one without settings of its own gets.
 */
export const defaultBrokerConfig = {
  "auto.create.topics.enable": "false",
  "default.replication.factor": "3",
  "min.insync.replicas": "2",
};
