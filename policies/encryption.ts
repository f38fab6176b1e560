import { type Rule, typeOf } from "./rule";

export const transportSecurity: Rule = {
  name: "tls",
  description: "Storage and HDInsight's gateway take TLS 1.2 or later, and nothing unencrypted.",
  check: (resource) => {
    const { minimumTlsVersion, enableHttpsTrafficOnly, properties } = resource.props;
    switch (typeOf(resource)) {
      case "azure-native:storage:StorageAccount":
        return [
          ...(["TLS1_2", "TLS1_3"].includes(minimumTlsVersion)
            ? []
            : [`\`minimumTlsVersion\` is ${minimumTlsVersion ?? "not set"}: set it to TLS1_2.`]),
          ...(enableHttpsTrafficOnly === true
            ? []
            : [`\`enableHttpsTrafficOnly\` is ${enableHttpsTrafficOnly ?? "not set"}: set it to true.`]),
        ];
      case "azure-native:hdinsight:Cluster": {
        const version = properties?.minSupportedTlsVersion;
        return ["1.2", "1.3"].includes(version)
          ? []
          : [`\`properties.minSupportedTlsVersion\` is ${version ?? "not set"}: set it to 1.2.`];
      }
      default:
        return [];
    }
  },
};

export const nodeEncryption: Rule = {
  name: "node-encryption",
  description: "Where it is asked for, Kafka's nodes encrypt what they send each other, and their temporary disks.",
  settings: {
    inTransit: { type: "boolean", default: false, description: "Demand encryption between nodes." },
    atHost: { type: "boolean", default: false, description: "Demand encryption of temporary disks at the host." },
    ownKey: { type: "boolean", default: false, description: "Demand a key of one's own for the data disks." },
  },
  check: (resource, settings) => {
    if (typeOf(resource) !== "azure-native:hdinsight:Cluster") return [];
    const { encryptionInTransitProperties: transit, diskEncryptionProperties: disks } = resource.props.properties ?? {};
    const problems: string[] = [];
    if (settings.inTransit && transit?.isEncryptionInTransitEnabled !== true) {
      problems.push("Nodes send in clear: set `streaming:kafkaEncryptionInTransit` to true.");
    }
    if (settings.atHost && disks?.encryptionAtHost !== true) {
      problems.push("Temporary disks are in clear: set `streaming:kafkaEncryptionAtHost` to true.");
    }
    if (settings.ownKey && !disks?.keyName) {
      problems.push("Data disks have Azure's key: set `streaming:kafkaDiskEncryptionKey` and its identity.");
    }
    return problems;
  },
};
