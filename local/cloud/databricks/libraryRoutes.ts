import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { read } from "./input";
import type { Libraries, LibraryState } from "./libraries";
import { readLibraries } from "./library";

const change = z.looseObject({ cluster_id: z.string(), libraries: z.array(z.unknown()) });

/** `/api/2.0/libraries/*`. */
export function libraryRoutes(app: FastifyInstance, libraries: Libraries): void {
  const base = "/api/2.0/libraries";
  app.post(`${base}/install`, async (request) => {
    const body = read(change, request.body);
    libraries.install(body.cluster_id, readLibraries(body.libraries));
    return {};
  });
  app.post(`${base}/uninstall`, async (request) => {
    const body = read(change, request.body);
    libraries.uninstall(body.cluster_id, readLibraries(body.libraries));
    return {};
  });
  app.get(`${base}/cluster-status`, async (request) => {
    const { cluster_id } = read(z.looseObject({ cluster_id: z.string() }), request.query);
    return { cluster_id, library_statuses: libraries.of(cluster_id).map(describe) };
  });
  app.get(`${base}/all-cluster-statuses`, async () => ({
    statuses: libraries.all().map((entry) => ({ ...entry, library_statuses: entry.library_statuses.map(describe) })),
  }));
}

const describe = ({ messages, ...state }: LibraryState) => ({
  ...state,
  is_library_for_all_clusters: false,
  ...(messages.length > 0 && { messages }),
});
