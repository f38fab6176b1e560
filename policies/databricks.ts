import { type Checked, type Rule, typeOf } from "./rule";

interface Cluster {
  sparkVersion?: string;
  customTags?: Record<string, string>;
}

/** The clusters that a resource describes, with where they stand in it: an interactive one, or those that a job brings. */
export function clustersOf(resource: Checked): { at: string; cluster: Cluster }[] {
  switch (typeOf(resource)) {
    case "databricks:index/cluster:Cluster":
      return [{ at: "", cluster: resource.props }];
    case "databricks:index/job:Job": {
      const clustersIn = (list: "jobClusters" | "tasks") =>
        ((resource.props[list] ?? []) as { newCluster?: Cluster }[]).flatMap(({ newCluster }, index) =>
          newCluster ? [{ at: `${list}[${index}].newCluster.`, cluster: newCluster }] : [],
        );
      return [...clustersIn("jobClusters"), ...clustersIn("tasks")];
    }
    default:
      return [];
  }
}

export const autoTermination: Rule = {
  name: "auto-termination",
  description: "Interactive clusters end when nobody uses them.",
  settings: {
    maxMinutes: { type: "integer", minimum: 10, default: 120, description: "Longest time without work." },
  },
  check: (resource, { maxMinutes }) => {
    if (typeOf(resource) !== "databricks:index/cluster:Cluster") return [];
    // What is left out is an hour, by the provider's own default.
    const minutes = resource.props.autoterminationMinutes ?? 60;
    if (minutes > 0 && minutes <= maxMinutes) return [];
    const now = minutes === 0 ? "never ends by itself" : `ends after ${minutes} minutes`;
    return [`The cluster ${now}: set \`streaming:sparkAutoterminationMinutes\` to at most ${maxMinutes}.`];
  },
};

/**
 * Runtimes whose support has ended by now, or ends within a year: 13.3 in August 2026
 * (docs.databricks.com/release-notes/runtime). A key such as `15.4.x-scala2.12` begins with its version.
 */
const oldestRuntime = 14.3;

export const supportedRuntimes: Rule = {
  name: "supported-runtimes",
  description: "Clusters run a Databricks runtime that still gets fixes.",
  settings: {
    oldest: { type: "number", default: oldestRuntime, description: "Oldest runtime that is allowed." },
  },
  check: (resource, { oldest }) =>
    clustersOf(resource).flatMap(({ at, cluster: { sparkVersion } }) => {
      const version = Number.parseFloat(sparkVersion ?? "");
      if (Number.isNaN(version) || version >= oldest) return [];
      return [`\`${at}sparkVersion\` is \`${sparkVersion}\`: its support has ended; take ${oldest} or later.`];
    }),
};
