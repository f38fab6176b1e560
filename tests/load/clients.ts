import { Client } from "ssh2";
import { location } from "../local/cloud/arm/samples";
import { basic, clusterName, type Ends, type RunningTwin } from "../security/runningTwin";

export type EndName = keyof Ends;

export function ends(twin: RunningTwin, databricks: string, cluster: { ambari: string; ssh: string }): Ends {
  const { arm, x } = twin.endpoints;
  return {
    arm: `${arm.host}:${arm.port}`,
    x: new URL(x.url).host,
    databricks,
    ambari: cluster.ambari,
    ssh: cluster.ssh,
  };
}

/** What one client does at an end: a few calls whose answers only it should get. Resolves with their number. */
export const work: Record<EndName, (twin: RunningTwin, ends: Ends, client: number) => Promise<number>> = {
  async arm(twin, _ends, client) {
    const { arm } = twin;
    const network = twin.id("Network/virtualNetworks", `client-${client}`);
    const properties = { addressSpace: { addressPrefixes: [`10.${100 + (client % 100)}.0.0/16`] } };
    const made = await arm.create(network, { location, tags: { client: String(client) }, properties });
    expectSame(made.tags.client, String(client));
    expectSame((await arm.get(network)).body.name, `client-${client}`);
    await arm.destroy(network);
    expectSame((await arm.get(network)).status, 404);
    return 5;
  },

  async databricks(twin, { databricks }, client) {
    const api = twin.databricks(databricks);
    const path = `/Shared/client-${client}`;
    const content = Buffer.from(`// client ${client}`).toString("base64");
    await api.post("/api/2.0/workspace/import", { path, content, language: "SCALA", overwrite: true });
    expectSame((await api.get(`/api/2.0/workspace/export?path=${path}`)).body.content, content);
    await api.call("PUT", `/api/2.0/fs/files/Volumes/main/load/v/${client}?overwrite=true`, Buffer.from(`${client}`));
    expectSame((await api.get(`/api/2.0/fs/files/Volumes/main/load/v/${client}`)).text, `${client}`);
    return 4;
  },

  async ambari(twin, { ambari }, client) {
    const authorization = basic("admin", twin.keys.gatewayPassword);
    const names = ["KAFKA", "ZOOKEEPER"];
    const name = names[client % 2];
    const { text } = await twin.call(ambari, "GET", `/api/v1/clusters/${clusterName}/services/${name}`, {
      authorization,
    });
    expectSame(JSON.parse(text).ServiceInfo.service_name, name);
    return 1;
  },

  async x({ endpoints, keys }, _ends, client) {
    const url = `${endpoints.x.url}/2/tweets/search/recent?query=the&max_results=${10 + (client % 90)}`;
    const response = await fetch(url, { headers: { authorization: `Bearer ${keys.xBearerToken}` } });
    const { meta } = (await response.json()) as { meta: { result_count: number } };
    expectSame(meta.result_count, 10 + (client % 90));
    return 1;
  },

  ssh({ keys }, { ssh }, client) {
    const [host, port] = ssh.split(":");
    return new Promise((resolve, reject) => {
      const connection = new Client();
      connection.on("error", reject);
      connection.on("ready", () =>
        connection.exec(`cat; exit ${client % 100}`, (error, channel) => {
          if (error) return reject(error);
          let said = "";
          channel.on("data", (data: Buffer) => {
            said += data;
          });
          channel.on("close", (code: number) => {
            connection.end();
            if (said === `${client}` && code === client % 100) resolve(1);
            else reject(new Error(`client ${client} got ${said} and ${code}`));
          });
          channel.end(`${client}`);
        }),
      );
      connection.connect({
        host,
        port: Number(port),
        username: "sshuser",
        privateKey: keys.ssh.privateKey,
        readyTimeout: 120_000,
      });
    });
  },
};

function expectSame(got: unknown, wanted: unknown): void {
  if (got !== wanted) throw new Error(`got ${JSON.stringify(got)} in place of ${JSON.stringify(wanted)}`);
}
