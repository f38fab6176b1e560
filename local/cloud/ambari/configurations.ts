import { z } from "zod";
import { HttpError } from "../http";
import { check, parseBody } from "./body";
import type { AmbariCluster, ServiceName } from "./cluster";
import type { Tree } from "./resource";
import type { ConfigurationVersion } from "./state";

/** Ambari keeps every property as text, and takes numbers and booleans for what they look like. */
const text = z.union([z.string(), z.number(), z.boolean()]).transform(String);

const desiredConfig = z.object({
  type: z.string().min(1),
  tag: z.string().min(1),
  properties: z.record(z.string(), text).optional(),
  properties_attributes: z.record(z.string(), z.record(z.string(), text)).optional(),
  service_config_version_note: z.string().optional(),
});

const clusterChange = z.object({
  RequestInfo: z.looseObject({}).optional(),
  Clusters: z.strictObject({
    desired_config: z.preprocess((given) => (Array.isArray(given) ? given : [given]), z.array(desiredConfig).min(1)),
  }),
});

type DesiredConfig = z.output<typeof desiredConfig>;

const serviceOfType: Record<string, ServiceName> = {
  "kafka-broker": "KAFKA",
  "kafka-env": "KAFKA",
  "kafka-log4j": "KAFKA",
  "zoo.cfg": "ZOOKEEPER",
};

/**
 * `PUT /clusters/C`: puts configurations in force, all of the body's in one step. With properties a new version is
 * made, without them the version of that tag comes back. As in Ambari, nothing happens when all of it is in force already.
 * Returns what Ambari answers; rejects a tag that is taken, and one that does not exist.
 */
export function putDesiredConfigs(cluster: AmbariCluster, body: unknown): { resources: Tree[] } | undefined {
  const parsed = parseBody(body);
  const changes = (Array.isArray(parsed) ? parsed : [parsed]).map((item) => check(clusterChange, item));
  const wanted = changes.flatMap(({ Clusters }) => Clusters.desired_config);
  if (wanted.every((config) => isInForce(cluster, config))) return undefined;

  const { configurations, current, serviceVersions } = cluster.state.now;
  const made = [...configurations];
  const chosen = wanted.map((config) => {
    const version = existing(cluster, config, made) ?? newVersion(config, made);
    if (!made.includes(version)) made.push(version);
    return version;
  });
  const changedServices = new Set(chosen.flatMap(({ type }) => serviceOfType[type] ?? []));
  const versions = [...changedServices].map((service) => [service, (serviceVersions[service] ?? 0) + 1] as const);
  cluster.state.update({
    configurations: made,
    current: { ...current, ...Object.fromEntries(chosen.map(({ type, tag }) => [type, tag])) },
    serviceVersions: { ...serviceVersions, ...Object.fromEntries(versions) },
  });
  const note = wanted.find((config) => config.service_config_version_note)?.service_config_version_note ?? "";
  return {
    resources: versions.map(([service, version]) => serviceConfigVersion(cluster, service, version, chosen, note)),
  };
}

function isInForce(cluster: AmbariCluster, { type, tag, properties, properties_attributes }: DesiredConfig): boolean {
  const inForce = cluster.state.configuration(type);
  if (!properties || Object.keys(properties).length === 0) return inForce?.tag === tag;
  return same(properties, inForce?.properties ?? {}) && same(properties_attributes ?? {}, inForce?.attributes ?? {});
}

/** The version that a body without properties goes back to. */
function existing(
  cluster: AmbariCluster,
  { type, tag, properties }: DesiredConfig,
  made: ConfigurationVersion[],
): ConfigurationVersion | undefined {
  const known = made.find((version) => version.type === type && version.tag === tag);
  if (properties && Object.keys(properties).length > 0) {
    if (!known) return undefined;
    throw new HttpError(
      500,
      "ServerError",
      "An internal system exception occurred: Configuration with tag " +
        `'${tag}' exists for '${type}'. Every change needs a tag of its own, such as version${Date.now()}`,
    );
  }
  if (!known)
    throw new HttpError(404, "NotFound", `Config with tag '${tag}' of type '${type}' not found in ${cluster.name}`);
  return known;
}

function newVersion(config: DesiredConfig, made: ConfigurationVersion[]): ConfigurationVersion {
  const { type, tag, properties = {}, properties_attributes: attributes = {} } = config;
  const version = 1 + Math.max(0, ...made.filter((each) => each.type === type).map((each) => each.version));
  return { type, tag, version, properties, attributes };
}

function serviceConfigVersion(
  cluster: AmbariCluster,
  service: ServiceName,
  version: number,
  chosen: ConfigurationVersion[],
  note: string,
): Tree {
  const ofService = chosen.filter(({ type }) => serviceOfType[type] === service);
  return {
    href: cluster.href(
      `/configurations/service_config_versions?service_name=${service}&service_config_version=${version}`,
    ),
    configurations: ofService.map(({ type, tag, version: number, properties }) => ({
      clusterName: cluster.name,
      type,
      versionTag: tag,
      version: number,
      configs: properties,
    })),
    group_id: -1,
    group_name: "Default",
    service_config_version: version,
    service_config_version_note: note,
    service_name: service,
  };
}

function same(a: object, b: object): boolean {
  const sorted = (value: object) => JSON.stringify(Object.entries(value).sort(([x], [y]) => (x < y ? -1 : 1)));
  return sorted(a) === sorted(b);
}
