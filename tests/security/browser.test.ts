import type { AddressInfo } from "node:net";
import { connect } from "node:net";
import { connect as connectTls } from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createServer, listen } from "../../local/cloud/http";
import { CertificateAuthority } from "../../local/cloud/tls";
import { silentLog } from "../../local/log";
import { FakeCluster } from "../local/cloud/ambari/fakeCluster";
import { group, TestArm } from "../local/cloud/arm/twin";
import { TestDatabricks, token } from "../local/cloud/databricks/twin";
import { bearerToken, TestX } from "../local/cloud/x/service";
import { basic } from "./runningTwin";

/** A service, a call that it answers with 200, and what the call needs. */
interface Service {
  host: string;
  port: number;
  tls: boolean;
  url: string;
  authorization: string;
}

const services: Record<string, Service> = {};
let arm: TestArm;
let databricks: TestDatabricks;
let x: TestX;
let ambari: FakeCluster;

beforeAll(async () => {
  ambari = new FakeCluster();
  await ambari.open();
  [arm, databricks, x] = await Promise.all([TestArm.start(), TestDatabricks.start(), TestX.start(["a b"])]);
  await ambari.app.listen({ host: "127.70.1.1", port: 0 });
  const at = (hostAndPort: string) => ({
    host: hostAndPort.split(":")[0] ?? "",
    port: Number(hostAndPort.split(":")[1]),
    tls: true,
  });
  await arm.put(group, { location: "westeurope" });
  // For any address of the service; the client's own token is for the one that it used.
  const login = await arm.login({ scope: "https://management.azure.com/.default" });
  services.arm = {
    ...at(new URL(arm.url).host),
    url: `${group}?api-version=2024-03-01`,
    authorization: `Bearer ${login.body.access_token}`,
  };
  services.databricks = {
    ...at(databricks.workspace.host),
    url: "/api/2.0/preview/scim/v2/Me",
    authorization: `Bearer ${token}`,
  };
  services.x = {
    ...at(new URL(x.base).host),
    tls: false,
    url: "/2/tweets/search/recent?query=a",
    authorization: `Bearer ${bearerToken}`,
  };
  services.ambari = {
    ...at(`127.70.1.1:${(ambari.app.server.address() as AddressInfo).port}`),
    url: "/api/v1/clusters/Events",
    authorization: basic("admin", "Correct:Horse-42"),
  };
});
afterAll(async () => {
  await Promise.all([arm.stop(), databricks.stop(), x.stop(), ambari.close()]);
  ambari.remove();
});

interface Raw {
  status: number;
  headers: string;
  body: string;
}

/** A request as a browser sends it, byte by byte: HTTP libraries would put some of it right. */
function send({ host, port, tls }: Service, lines: string[]): Promise<Raw> {
  return new Promise((resolve, reject) => {
    const socket = tls ? connectTls({ host, port, rejectUnauthorized: false }) : connect(port, host);
    let text = "";
    socket.setEncoding("latin1");
    socket.on("data", (data) => {
      text += data;
    });
    socket.on("error", reject);
    socket.on("end", () => {
      const [head = "", body = ""] = text.split("\r\n\r\n");
      resolve({ status: Number(head.split(" ")[1]), headers: head.toLowerCase(), body });
    });
    socket.write(`${lines.join("\r\n")}\r\n\r\n`);
  });
}

const get = (service: Service, host: string, ...more: string[]) =>
  send(service, [
    `GET ${service.url} HTTP/1.1`,
    `Host: ${host}`,
    `Authorization: ${service.authorization}`,
    "Connection: close",
    ...more,
  ]);

describe.each(["arm", "databricks", "x", "ambari"])("%s, asked by a page in a browser", (name) => {
  it("answers to its own addresses", async () => {
    const service = services[name] as Service;
    for (const host of [`${service.host}:${service.port}`, service.host, "localhost:1", "LOCALHOST", "[::1]:1"]) {
      expect((await get(service, host)).status, host).toBe(200);
    }
  });

  it("answers to no name that a stranger made resolve to this machine", async () => {
    const service = services[name] as Service;
    const strangers = [
      "evil.example",
      `evil.example:${service.port}`,
      "127.0.0.1.evil.example",
      "localhost.evil.example",
      "127.0.0.1@evil.example",
      "evil.example#127.0.0.1",
      "127.0.0.1/evil.example",
      "[evil.example]",
      "2130706433",
    ];
    for (const host of strangers) {
      const { status, body } = await get(service, host);
      expect(status, `${host}: ${body}`).toBe(421);
    }
    const addressed = await send(service, [
      `GET ${service.url} HTTP/1.1`,
      "Host: evil.example",
      `X-Forwarded-Host: ${service.host}`,
      `Authorization: ${service.authorization}`,
      "Connection: close",
    ]);
    expect(addressed.status).toBe(421);
  });

  it("allows no other page to read its answers, sets no cookie, and takes a token from no place but the header", async () => {
    const service = services[name] as Service;
    const origin = ["Origin: https://evil.example", "Sec-Fetch-Site: cross-site"];
    const answers = [
      await get(service, service.host, ...origin),
      await get({ ...service, authorization: "" }, service.host, ...origin),
      await send(service, [
        `OPTIONS ${service.url} HTTP/1.1`,
        `Host: ${service.host}`,
        ...origin,
        "Access-Control-Request-Method: PUT",
        "Access-Control-Request-Headers: authorization",
        "Connection: close",
      ]),
    ];
    for (const { headers } of answers) {
      expect(headers).not.toContain("access-control-");
      expect(headers).not.toContain("set-cookie");
    }
    const secret = service.authorization.split(" ")[1];
    const elsewhere = { ...service, authorization: "", url: `${service.url}${service.url.includes("?") ? "&" : "?"}` };
    for (const parameter of ["access_token", "token", "authorization", "bearer_token"]) {
      const inQuery = { ...elsewhere, url: `${elsewhere.url}${parameter}=${secret}` };
      expect((await get(inQuery, service.host, `Cookie: ${parameter}=${secret}`)).status).toBe(401);
    }
  });
});

it("a write to Ambari needs a header that no page can send to another's service", async () => {
  const service = services.ambari as Service;
  // What a form can do: the browser adds the login that it remembers.
  const form = (type: string, ...more: string[]) =>
    send(service, [
      `POST ${service.url}/requests HTTP/1.1`,
      `Host: ${service.host}`,
      `Authorization: ${service.authorization}`,
      `Content-Type: ${type}`,
      "Content-Length: 0",
      "Connection: close",
      ...more,
    ]);
  for (const type of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]) {
    const { status, body } = await form(type);
    expect(status).toBe(400);
    expect(body).toContain("X-Requested-By HTTP header is required");
  }
  expect((await form("text/plain", "X-Requested-By: ambari")).body).not.toContain("X-Requested-By");
});

it("Ambari's page is in no frame of another's page", async () => {
  const { headers } = await get({ ...(services.ambari as Service), url: "/" }, "127.70.1.1");
  expect(headers).toContain("x-frame-options: deny");
  expect(headers).toContain("x-content-type-options: nosniff");
});

it("a service answers to the names in its certificate", async () => {
  const tls = await CertificateAuthority.open(databricks.home);
  const app = createServer({
    log: silentLog,
    errorBody: ({ code }) => code,
    tls: await tls.issue(["127.70.1.2", "events.azurehdinsight.net"]),
  });
  app.get("/", async () => "here");
  const { host, port } = await listen(app, "127.70.1.2");
  const service = { host, port, tls: true, url: "/", authorization: "" };
  expect((await get(service, "events.azurehdinsight.net")).status).toBe(200);
  expect((await get(service, "Events.AzureHDInsight.net:443")).status).toBe(200);
  expect((await get(service, "other.azurehdinsight.net")).status).toBe(421);
  await app.close();
});
