/**
 * The components as a Pulumi package, for programs in any of Pulumi's languages (docs/reuse.md): the engine starts this
 * folder by PulumiPlugin.yaml.
 *
 * Left out are the components that take a provider or another package's resource, which a package cannot express: those
 * inside a Databricks workspace, and `Monitoring`, whose parts are here.
 */
import * as path from "node:path";
import { componentProviderHost } from "@pulumi/pulumi/provider/experimental";
import * as components from "../components";

componentProviderHost({
  name: "azure-kafka-spark-streaming",
  // This is run from `dist/plugin`; arguments and their descriptions are read from the sources.
  dirname: path.resolve(__dirname, "../.."),
  components: [
    components.BrokerNames,
    components.DatabricksNetwork,
    components.DatabricksWorkspace,
    components.KafkaCluster,
    components.KafkaClusterLogs,
    components.KafkaLiveSettings,
    components.KafkaNetwork,
    components.KafkaScriptActions,
    components.KafkaStorage,
    components.KafkaTopics,
    components.LogAlerts,
    components.LogAnalyticsWorkspace,
    components.NetworkPeering,
    components.ResourceLogs,
  ],
});
