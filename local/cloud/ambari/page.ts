import type { FastifyInstance } from "fastify";
import type { AmbariCluster } from "./cluster";
import { statusOf } from "./requests";
import { type Resource, renderInstance, type Tree } from "./resource";
import { Views } from "./views";

/**
 * `GET /`: where a browser arrives that follows the cluster's dashboard link. Ambari's own web client is not here; one
 * page shows what the REST API tells.
 */
export function registerPage(app: FastifyInstance, cluster: AmbariCluster): void {
  app.get("/", async (_request, reply) => reply.type("text/html;charset=utf-8").send(page(cluster)));
}

function page(cluster: AmbariCluster): string {
  const views = new Views(cluster);
  const services = views
    .services()
    .map((each) => cells(each, "ServiceInfo", ["service_name", "state", "maintenance_state"]));
  const components = views
    .hostComponents()
    .map((each) => cells(each, "HostRoles", ["display_name", "host_name", "state", "stale_configs"]));
  const hosts = views.hosts().map((each) => cells(each, "Hosts", ["host_name", "ip"]));
  const requests = cluster.state.now.requests
    .slice(-20)
    .reverse()
    .map((request) => [`${request.id}`, request.context, statusOf(request), new Date(request.created).toISOString()]);
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>${asText(cluster.name)}</title>
<style>
  body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem }
  table { border-collapse: collapse; width: 100%; margin-bottom: 2rem }
  th, td { border-bottom: 1px solid #8884; padding: .3rem .6rem; text-align: left; overflow-wrap: anywhere }
</style>
<h1>${asText(cluster.name)}</h1>
<p>Kafka cluster of the local twin. Everything shown here, and more, is in Ambari's REST API:
<a href="/api/v1/clusters/${encodeURIComponent(cluster.name)}">/api/v1/clusters/${asText(cluster.name)}</a></p>
${table("Services", ["Service", "State", "Maintenance mode"], services)}
${table("Components", ["Component", "Host", "State", "Needs a restart"], components)}
${table("Hosts", ["Host", "Address"], hosts)}
${table("Latest requests", ["Id", "What", "Status", "Since"], requests)}
</html>
`;
}

function cells(resource: Resource, category: string, properties: string[]): string[] {
  const shown = renderInstance(resource, { fields: undefined, predicates: [] })[category] as Tree;
  return properties.map((property) => String(shown[property]));
}

function table(title: string, heads: string[], rows: string[][]): string {
  const row = (tag: string, texts: string[]) =>
    `<tr>${texts.map((text) => `<${tag}>${asText(text)}</${tag}>`).join("")}</tr>`;
  return `<h2>${title}</h2>\n<table>\n${[row("th", heads), ...rows.map((texts) => row("td", texts))].join("\n")}\n</table>`;
}

function asText(text: string): string {
  const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
  return text.replace(/[&<>"]/g, (character) => entities[character] ?? character);
}
