/**
 * Gives a running HDInsight cluster its number of workers, its gateway login and its tags. Run by `KafkaLiveSettings`; may
 * be run any number of times, and does only what is not so already.
 *
 * ARM's PUT creates clusters and changes none; these have calls of their own:
 * https://learn.microsoft.com/rest/api/hdinsight/clusters/resize, .../update-gateway-settings and .../update (a PATCH, which
 * takes tags and identities only)
 *
 * It prints what it did, as JSON, and by which names it gave tags: the next run gets that as PULUMI_COMMAND_STDOUT, so
 * that it takes away a tag that is declared no more, and none of anybody else's.
 */
import { isDeepStrictEqual } from "node:util";
import { ArmClient } from "../../arm/client";
import { mergedTags, type Tags } from "./tags";

const version = "2021-06-01";

interface Cluster {
  tags?: Tags;
  properties: { computeProfile: { roles: { name: string; targetInstanceCount: number }[] } };
}

interface Gateway {
  "restAuthCredential.username": string;
  "restAuthCredential.password": string;
}

async function main(): Promise<void> {
  const {
    HDINSIGHT_CLUSTER_ID: cluster,
    GATEWAY_USER: user,
    GATEWAY_PASSWORD: password,
    CLUSTER_TAGS: tags = "{}",
    PULUMI_COMMAND_STDOUT: previous,
  } = process.env;
  const workers = Number(process.env.KAFKA_WORKERS);
  if (!cluster || !user || !password || !(workers >= 1)) {
    throw new Error(
      "`HDINSIGHT_CLUSTER_ID`, `KAFKA_WORKERS`, `GATEWAY_USER` and `GATEWAY_PASSWORD` are needed in the environment.",
    );
  }
  const arm = await ArmClient.fromEnvironment();
  const resized = await resize(arm, cluster, workers);
  const login = await setLogin(arm, cluster, { user, password });
  const declared = JSON.parse(tags) as Tags;
  const tagged = await setTags(arm, cluster, declared, declaredBefore(previous));
  console.log(JSON.stringify({ workers, resized, login, tagged, tags: Object.keys(declared) }));
}

/** More workers are added, with a broker each. Returns whether there was something to do. */
async function resize(arm: ArmClient, cluster: string, workers: number): Promise<boolean> {
  const { properties } = await arm.get<Cluster>(cluster, version);
  const now = properties.computeProfile.roles.find(({ name }) => name.toLowerCase() === "workernode");
  if (!now) throw new Error("Azure names no role `workernode` of the cluster: it is none of Kafka.");
  if (now.targetInstanceCount === workers) return false;
  if (now.targetInstanceCount > workers) {
    throw new Error(
      `the cluster has ${now.targetInstanceCount} workers, and \`workers\` is ${workers}: HDInsight does not take workers from a ` +
        `Kafka cluster, since their brokers hold data. Set it to ${now.targetInstanceCount} or more, or make a new cluster.`,
    );
  }
  await arm.post(`${cluster}/roles/workernode/resize`, version, { targetInstanceCount: workers });
  return true;
}

/** Returns whether there was something to do. */
async function setLogin(arm: ArmClient, cluster: string, login: { user: string; password: string }): Promise<boolean> {
  const wanted: Gateway = { "restAuthCredential.username": login.user, "restAuthCredential.password": login.password };
  const now = await arm.post<Gateway>(`${cluster}/getGatewaySettings`, version);
  const isSo = (Object.keys(wanted) as (keyof Gateway)[]).every((name) => now[name] === wanted[name]);
  if (isSo) return false;
  await arm.post(`${cluster}/updateGatewaySettings`, version, { "restAuthCredential.isEnabled": true, ...wanted });
  return true;
}

/** Returns whether there was something to do. A PATCH takes all tags of the cluster: those it does not name are gone. */
async function setTags(arm: ArmClient, cluster: string, declared: Tags, before: string[]): Promise<boolean> {
  const { tags: now } = await arm.get<Cluster>(cluster, version);
  const next = mergedTags(now ?? {}, declared, before);
  if (isDeepStrictEqual(now ?? {}, next)) return false;
  await arm.patch(cluster, version, { tags: next });
  return true;
}

/** Names of the tags that the last run gave. None where there was no run, or one of a version that did not print them. */
function declaredBefore(printed: string | undefined): string[] {
  if (!printed) return [];
  const { tags } = JSON.parse(printed) as { tags?: string[] };
  return tags ?? [];
}

main().catch((error: Error) => {
  console.error(`The Kafka cluster's workers, login and tags: ${error.message}`);
  process.exitCode = 1;
});
