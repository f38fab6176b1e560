import type { ResourceChange } from "./model";

/**
 * What differs from the code without anybody's doing, by kind of resource. A run that is going on, a cluster that ended
 * because nobody used it and a sign-in are no drift: their owners are the services.
 */
const noise: Record<string, RegExp> = {
  // Whether a cluster runs, and on which machines.
  "databricks:Cluster": /^(?:state|clusterId|defaultTags|url)\b/,
  "databricks:Job": /^(?:url|alwaysRunning)\b/,
  // Who uses it, which the other resource says.
  "azure-native:network:PublicIPAddress": /^natGateway\b/,
};

/** Azure's own mark of a version of a part, which moves with every change of the whole. */
const versionMark = /(?:^|\.)etag$/;

/** The changes that are somebody's doing. A change of which nothing is left is gone. */
export function withoutNoise(changes: readonly ResourceChange[]): ResourceChange[] {
  return changes.flatMap((change) => {
    const ignored = [versionMark, noise[change.type]];
    const properties = change.properties.filter(({ path }) => !ignored.some((each) => each?.test(path)));
    const isNoise = change.operation === "update" && change.properties.length > 0 && properties.length === 0;
    return isNoise ? [] : [{ ...change, properties }];
  });
}
