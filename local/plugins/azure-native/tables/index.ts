import type { ResourceSpec } from "../spec";
import { databricksTable } from "./databricks";
import { hdinsightTable } from "./hdinsight";
import { identityTable } from "./identity";
import { monitorTable } from "./monitor";
import { networkTable } from "./network";
import { privatednsTable } from "./privatedns";
import { resourcesTable } from "./resources";
import { storageTable } from "./storage";

/** Every resource type this plugin knows, by its token. */
export const specs: ReadonlyMap<string, ResourceSpec> = new Map(
  [
    ...resourcesTable,
    ...networkTable,
    ...storageTable,
    ...hdinsightTable,
    ...databricksTable,
    ...identityTable,
    ...privatednsTable,
    ...monitorTable,
  ].map((spec) => [spec.token, spec]),
);
