import type * as outputs from "@pulumi/azure-native/types/output";
import type * as pulumi from "@pulumi/pulumi";

/**
 * The address and port under which an HDInsight cluster answers `name` (`HTTPS` or `SSH`), as the service reports them.
 * Fails when the cluster has no such endpoint, which is so for clusters behind a private link.
 */
export function endpoint(
  properties: pulumi.Output<outputs.hdinsight.ClusterGetPropertiesResponse>,
  name: "HTTPS" | "SSH",
): pulumi.Output<{ location: string; port: number }> {
  return properties.apply((p) => {
    const found = p.connectivityEndpoints?.find((candidate) => candidate.name === name);
    if (!found?.location || !found.port) {
      const offered = p.connectivityEndpoints?.map((e) => e.name).join(", ") || "none";
      throw new Error(
        `The HDInsight cluster reports no public \`${name}\` endpoint (it reports: ${offered}). Pulumi needs it to configure Kafka: create the cluster with a public gateway.`,
      );
    }
    return { location: found.location, port: found.port };
  });
}
