import fastify, { type FastifyInstance } from "fastify";
import type { AmbariCluster } from "../../local/cloud/ambari";
import { registerPage } from "../../local/cloud/ambari/page";
import { registerReads } from "../../local/cloud/ambari/reads";
import { registerWrites } from "../../local/cloud/ambari/writes";
import type { Kind } from "../../local/cloud/arm/kind";
import { kinds } from "../../local/cloud/arm/providers";
import type { WorkspaceContext } from "../../local/cloud/databricks/context";
import { cannotRun, runtimes } from "../../local/cloud/databricks/runtimes";
import { workspaceApi } from "../../local/cloud/databricks/workspaceService";
import { tools } from "../../local/engines/kafka/launchers";
import { table } from "../markdown";

/** The tables of `docs/twin.md` that say what is there, made from what is there: by the name of their place. */
export async function twinTables(): Promise<Record<string, string>> {
  return {
    arm: armTable(),
    "arm-versions": armVersions(),
    databricks: routeTable(
      await routes((app) => workspaceApi(app, { userName: "", folder: "" } as WorkspaceContext, nothing())),
    ),
    runtimes: runtimeTable(),
    ambari: routeTable(await routes(ambari)),
    "kafka-tools": Object.keys(tools)
      .map((name) => `\`${name}\``)
      .join(", "),
  };
}

function armTable(): string {
  const rows = kinds.map((kind) => {
    const patch = ["tags", ...(kind.patchable ?? [])].map((key) => `\`${key}\``).join(", ");
    const actions = Object.keys(kind.actions ?? {}).map((name) => `\`${name}\``);
    const { put, delete: gone } = kind.longRunning ?? {};
    const served = (method: string, what: string) => (kind.only?.includes(method) === false ? "" : what);
    return [
      `\`${kind.type}\``,
      served("PUT", polled(put)),
      served("DELETE", polled(gone)),
      served("PATCH", patch),
      actions.join(", "),
    ];
  });
  return table(["Type", "PUT", "DELETE", "PATCH changes", "POST"], rows);
}

/** How a client follows what takes time. */
function polled(style: "azure-async" | "location" | undefined): string {
  return { "azure-async": "`Azure-AsyncOperation`", location: "`Location`", none: "at once" }[style ?? "none"];
}

/** Types of one namespace mostly have the same versions. */
function armVersions(): string {
  const byVersions = new Map<string, Kind[]>();
  for (const kind of kinds) {
    const versions = [...kind.apiVersions].sort().reverse().join(", ");
    byVersions.set(versions, [...(byVersions.get(versions) ?? []), kind]);
  }
  const rows = [...byVersions].map(([versions, same]) => {
    return [[...new Set(same.map(({ type }) => `\`${type}\``))].join("<br>"), versions];
  });
  return table(["Type", "`api-version`"], rows);
}

function runtimeTable(): string {
  const rows = runtimes.map((runtime) => [
    `\`${runtime.key}\``,
    `${runtime.spark}, Scala ${runtime.scala}`,
    cannotRun(runtime) ? "may be created, its notebooks fail and say why" : "on Spark 3.5, Scala 2.12",
  ]);
  return table(["`spark_version`", "Spark on Databricks", "Notebooks here"], rows);
}

interface Route {
  method: string;
  url: string;
}

/** What a service registers with a server; no handler is called, so what they work on need not be there. */
async function routes(register: (app: FastifyInstance) => void): Promise<Route[]> {
  const found: Route[] = [];
  const app = fastify();
  app.addHook("onRoute", ({ method, url }) => {
    for (const one of [method].flat()) if (one !== "HEAD") found.push({ method: one, url });
  });
  register(app);
  await app.ready();
  await app.close();
  return found;
}

function ambari(app: FastifyInstance): void {
  const cluster = { name: ":cluster" } as AmbariCluster;
  registerReads(app, cluster);
  registerWrites(app, cluster);
  registerPage(app, cluster);
}

/** One row for each path, versions of an API that have the same ones together. */
function routeTable(found: readonly Route[]): string {
  const methods = new Map<string, Set<string>>();
  for (const { method, url } of found) methods.set(url, (methods.get(url) ?? new Set()).add(method));
  const rows = new Map<string, { calls: string; versions: string[] }>();
  for (const [url, set] of methods) {
    const version = /^\/api\/(\d\.\d)\//.exec(url)?.[1];
    const path = version ? url.replace(/^\/api\/\d\.\d/, "") : url;
    const calls = [...set].join(", ");
    const row = rows.get(`${calls} ${path}`) ?? { calls, versions: [] };
    if (version) row.versions.push(version);
    rows.set(`${calls} ${path}`, row);
  }
  const lines = [...rows].map(([key, { calls, versions }]) => {
    const path = key.slice(calls.length + 1);
    return [calls, `\`${versions.length > 0 ? `/api/${versions.join("\\|")}` : ""}${path}\``];
  });
  return table(
    ["Method", "Path"],
    lines.sort(([, a], [, b]) => (a as string).localeCompare(b as string, "en")),
  );
}

function nothing<T>(): T {
  return {} as T;
}
