export { sweepTrainings, withClassData } from "./archive";
export { StartFailure } from "./component";
export {
  type Configurations,
  configurationTypes,
  defaultConfigurations,
  ensemblePorts,
  zooKeeperPort,
} from "./defaults";
export {
  type ClusterEngine,
  type ComponentName,
  type HostComponent,
  KafkaEngine,
  type KafkaEngineOptions,
} from "./engine";
export {
  checkFolder,
  type HostFolders,
  type HostRole,
  hostFolders,
  type KafkaHost,
  kafkaHome,
  mapKafkaHome,
  shortName,
} from "./hosts";
export { type Java, kafkaJava } from "./java";
export { tools } from "./launchers";
export { checkPorts, type PortUse } from "./ports";
