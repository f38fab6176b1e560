import * as path from "node:path";
import { JsonStore } from "../store";
import type { Clusters } from "./clusters";
import type { WorkspaceContext } from "./context";
import { invalidParameter } from "./errors";
import { canInstall, type Library, libraryKey, scalaMismatch, shortOf } from "./library";
import { findRuntime } from "./runtimes";
import { Signal } from "./signal";

export type InstallStatus = "PENDING" | "RESOLVING" | "INSTALLED" | "SKIPPED" | "FAILED" | "UNINSTALL_ON_RESTART";

export interface LibraryState {
  library: Library;
  status: InstallStatus;
  messages: string[];
}

const unfinished: InstallStatus[] = ["PENDING", "RESOLVING"];

/** The libraries of each cluster: installed when it starts, and at once when it runs already. */
export class Libraries {
  private readonly store: JsonStore<LibraryState[]>;
  private readonly changed = new Signal();
  private readonly installing = new Set<string>();

  constructor(
    private readonly context: WorkspaceContext,
    private readonly clusters: Clusters,
  ) {
    this.store = JsonStore.open(path.join(context.folder, "libraries.json"));
    clusters.onStarted = (clusterId) => this.clusterStarted(clusterId);
    clusters.onDeleted = (clusterId) => this.store.delete(clusterId);
  }

  /** Installs on RUNNING clusters what a restart of the twin has interrupted. */
  restore(): void {
    for (const clusterId of this.store.keys()) this.installPending(clusterId);
  }

  /** Statuses in the order of installation; empty for a cluster without libraries. */
  of(clusterId: string): LibraryState[] {
    this.clusters.get(clusterId);
    return this.store.get(clusterId) ?? [];
  }

  all(): { cluster_id: string; library_statuses: LibraryState[] }[] {
    return this.store
      .entries()
      .filter(([clusterId]) => this.clusters.find(clusterId))
      .map(([cluster_id, library_statuses]) => ({ cluster_id, library_statuses }));
  }

  /** Adds libraries; those that are there already stay as they are, except failed ones, which are tried again. */
  install(clusterId: string, libraries: Library[]): void {
    this.clusters.get(clusterId);
    const states = new Map(this.of(clusterId).map((state) => [libraryKey(state.library), state]));
    for (const library of libraries) {
      const present = states.get(libraryKey(library));
      if (present && present.status !== "FAILED" && present.status !== "UNINSTALL_ON_RESTART") continue;
      states.set(libraryKey(library), { library, status: "PENDING", messages: [] });
    }
    this.save(clusterId, [...states.values()]);
    this.installPending(clusterId);
  }

  /** A running JVM cannot unload a jar: on a live cluster the library goes with the next restart. */
  uninstall(clusterId: string, libraries: Library[]): void {
    const { state } = this.clusters.get(clusterId);
    const keys = libraries.map(libraryKey);
    const known = this.of(clusterId).map((entry) => libraryKey(entry.library));
    const unknown = libraries.find((library) => !known.includes(libraryKey(library)));
    if (unknown) throw invalidParameter(`Library ${shortOf(unknown)} is not installed on cluster ${clusterId}`);
    const named = (entry: LibraryState) => keys.includes(libraryKey(entry.library));
    const states = this.of(clusterId);
    this.save(
      clusterId,
      state === "TERMINATED"
        ? states.filter((entry) => !named(entry))
        : states.map((entry) => (named(entry) ? { ...entry, status: "UNINSTALL_ON_RESTART" } : entry)),
    );
  }

  /** Resolves with all statuses when none is being worked on any more. */
  async settled(clusterId: string, abort: AbortSignal): Promise<LibraryState[]> {
    return this.changed.until(() => {
      const states = this.of(clusterId);
      return states.some((state) => unfinished.includes(state.status)) ? undefined : states;
    }, abort);
  }

  private clusterStarted(clusterId: string): void {
    const kept = this.of(clusterId).filter((state) => state.status !== "UNINSTALL_ON_RESTART");
    if (this.store.has(clusterId)) {
      this.save(
        clusterId,
        kept.map(({ library }) => ({ library, status: "PENDING", messages: [] })),
      );
    }
    this.installPending(clusterId);
  }

  /** One installation at a time a cluster; what is added meanwhile is installed after it. */
  private installPending(clusterId: string): void {
    if (this.installing.has(clusterId) || this.clusters.find(clusterId)?.state !== "RUNNING") return;
    if (!this.of(clusterId).some((state) => unfinished.includes(state.status))) return;
    this.installing.add(clusterId);
    void this.installAll(clusterId)
      .catch((error: Error) => {
        this.context.log.error("libraries could not be installed", { clusterId, error });
        this.finish(clusterId, (state) => ({ ...state, status: "FAILED", messages: [error.message] }));
      })
      .finally(() => {
        this.installing.delete(clusterId);
        this.installPending(clusterId);
      });
  }

  private async installAll(clusterId: string): Promise<void> {
    const cluster = this.clusters.get(clusterId);
    const scala = findRuntime(cluster.spec.spark_version)?.scala ?? "2.12";
    const decided = (state: LibraryState): LibraryState => {
      const refusal = canInstall(state.library);
      if (refusal) return { ...state, status: "FAILED", messages: [refusal] };
      const mismatch = scalaMismatch(state.library, scala);
      if (mismatch) return { ...state, status: "SKIPPED", messages: [mismatch] };
      return { ...state, status: "RESOLVING" };
    };
    this.finish(clusterId, decided);
    const coordinates = this.of(clusterId).flatMap(({ status, library }) =>
      status === "RESOLVING" && library.maven ? [library.maven.coordinates] : [],
    );
    if (coordinates.length === 0) return;
    const results = await this.context.notebooks.resolve(coordinates, scala);
    const byCoordinate = new Map(results.map((result) => [result.coordinate, result]));
    this.finish(clusterId, (state) => {
      if (state.status !== "RESOLVING") return state;
      const result = byCoordinate.get(state.library.maven?.coordinates ?? "");
      if (!result) return { ...state, status: "FAILED", messages: ["The resolver gave no answer for this library"] };
      return { ...state, status: result.status, messages: [...result.messages, ...notesOn(state.library)] };
    });
  }

  /** Applies `step` to the unfinished entries that are there now: a library may have been removed meanwhile. */
  private finish(clusterId: string, step: (state: LibraryState) => LibraryState): void {
    if (!this.clusters.find(clusterId)) return;
    this.save(
      clusterId,
      this.of(clusterId).map((state) => (unfinished.includes(state.status) ? step(state) : state)),
    );
  }

  private save(clusterId: string, states: LibraryState[]): void {
    this.store.set(clusterId, states);
    this.changed.notify();
  }
}

/** What an installed library does not do on the twin that it would do on Databricks. */
function notesOn({ maven }: Library): string[] {
  const notes: string[] = [];
  if (maven?.exclusions?.length) notes.push("The local twin does not apply `exclusions`");
  if (maven?.repo) notes.push("The local twin does not read `repo`; it looks where Maven does by default");
  return notes;
}
