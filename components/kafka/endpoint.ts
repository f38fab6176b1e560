import type * as outputs from "@pulumi/azure-native/types/output";
import type * as pulumi from "@pulumi/pulumi";

type Endpoints = outputs.hdinsight.ClusterGetPropertiesResponse["connectivityEndpoints"];

/** The address and port under which an HDInsight cluster answers `name` (`HTTPS` or `SSH`), as the service reports them. */
export function endpoint(
  properties: pulumi.Output<outputs.hdinsight.ClusterGetPropertiesResponse>,
  name: "HTTPS" | "SSH",
): pulumi.Output<{ location: string; port: number }> {
  return properties.apply((p) => findEndpoint(p.connectivityEndpoints, name));
}

/** Throws when the cluster has no such endpoint, as is so for clusters behind a private link. */
export function findEndpoint(endpoints: Endpoints, name: string): { location: string; port: number } {
  const found = endpoints?.find((candidate) => candidate.name === name);
  if (!found?.location || !found.port) {
    const offered = endpoints?.map((e) => e.name).join(", ") || "none";
    throw new Error(
      `The HDInsight cluster reports no public \`${name}\` endpoint (it reports: ${offered}). Pulumi needs it to configure Kafka: create the cluster with a public gateway.`,
    );
  }
  return { location: found.location, port: found.port };
}
