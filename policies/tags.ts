import { clustersOf } from "./databricks";
import { type Checked, type Rule, typeOf } from "./rule";
import { takesTags } from "./taggable";

type Tags = Record<string, string>;

/** Where a resource has its tags: several times in a job, whose clusters are machines of their own. */
function tagsOf(resource: Checked): { at: string; tags?: Tags }[] {
  const type = typeOf(resource);
  if (type.startsWith("azure-native:")) {
    // Those that the engine hides are not what the program asks for; the command that sets them has those.
    const isHidden = resource.ignoreChanges?.includes("tags");
    return takesTags(type) && !isHidden ? [{ at: "tags", tags: resource.props.tags }] : [];
  }
  if (type === "command:local:Command") {
    const live = resource.props.environment?.CLUSTER_TAGS;
    return live === undefined ? [] : [{ at: "tags", tags: JSON.parse(live) }];
  }
  if (type === "databricks:index/instancePool:InstancePool") {
    return [{ at: "customTags", tags: resource.props.customTags }];
  }
  // A job hands its own tags on to its clusters (Jobs API, `tags`).
  const handedOn = type === "databricks:index/job:Job" ? resource.props.tags : undefined;
  return clustersOf(resource).map(({ at, cluster }) => ({
    at: `${at}customTags`,
    tags: { ...handedOn, ...cluster.customTags },
  }));
}

export const requiredTags: Rule = {
  name: "tags",
  description: "Every resource says whose it is: its costs are found by it.",
  settings: {
    names: { type: "array", items: { type: "string" }, default: ["project", "environment"] },
  },
  check: (resource, settings) =>
    tagsOf(resource).flatMap(({ at, tags }) =>
      (settings.names as string[])
        .filter((name) => !tags?.[name])
        .map((name) => `There is no tag \`${name}\`: add it to \`${at}\`.`),
    ),
};
