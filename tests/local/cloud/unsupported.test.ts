import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createServer } from "../../../local/cloud/http";
import {
  describeUnsupported,
  noteRequests,
  pathTemplate,
  UnsupportedCalls,
  unsupportedCalls,
} from "../../../local/cloud/unsupported";
import { loggerTo, silentLog } from "../../../local/log";
import { group, provider, TestArm } from "./arm/twin";

let home: string;
let lines: string[];
beforeEach(() => {
  home = fs.mkdtempSync(path.join(os.tmpdir(), "unsupported-"));
  lines = [];
});
afterEach(() => fs.rmSync(home, { recursive: true, force: true }));

const open = () =>
  new UnsupportedCalls(
    home,
    loggerTo((line) => lines.push(line), "twin"),
  );

it.each([
  ["/api/2.0/sql/warehouses", "/api/2.0/sql/warehouses"],
  ["/api/2.1/unity-catalog/tables/main.a_b.t1", "/api/2.1/unity-catalog/tables/{}"],
  ["/api/2.0/repos/1234567", "/api/2.0/repos/{}"],
  ["/api/2.0/permissions/jobs/7/permissionLevels", "/api/2.0/permissions/jobs/{}/permissionLevels"],
  ["/api/v1/views/AUTO_HIVE20", "/api/v1/views/{}"],
  ["/x/someone@example.com/%41", "/x/{}/{}"],
  ["/", "/"],
])("%s is named %s", (given, name) => expect(pathTemplate(given)).toBe(name));

describe("a call that a service lacks", () => {
  const server = (calls: UnsupportedCalls) =>
    createServer({
      log: silentLog,
      errorBody: ({ code }) => ({ code }),
      onUnsupported: noteRequests(calls, "databricks"),
    });

  it("is one line of the log and one entry of the list, however often it is made and whatever it carries", async () => {
    const app = server(open());
    for (const id of ["17", "18"]) {
      const headers = { authorization: "Bearer canary", "content-type": "application/json" };
      const payload = { secret: "canary" };
      await app.inject({ method: "POST", url: `/api/2.0/alerts/${id}?name=canary`, headers, payload });
    }
    await app.close();
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({
        level: "warn",
        message: "not imitated",
        service: "databricks",
        method: "POST",
        call: "/api/2.0/alerts/{}",
      }),
    ]);
    expect(unsupportedCalls(home)).toEqual([{ service: "databricks", method: "POST", call: "/api/2.0/alerts/{}" }]);
    expect(lines.join() + fs.readFileSync(path.join(home, "unsupported.json"), "utf8")).not.toContain("canary");
  });

  it("is known after a restart", () => {
    const call = { service: "ssh", method: "subsystem", call: "sftp" } as const;
    open().note(call);
    open().note(call);
    expect(lines).toHaveLength(1);
    expect(describeUnsupported(call)).toBe("ssh        subsystem sftp");
  });

  it("is not recorded without end: a client that makes names up fills no disk", () => {
    const calls = open();
    for (let i = 0; i < 500; i++) calls.note({ service: "arm", method: "GET", call: `${i}${"x".repeat(5_000)}` });
    expect(unsupportedCalls(home)).toHaveLength(200);
    expect(fs.statSync(path.join(home, "unsupported.json")).size).toBeLessThan(200_000);
  });
});

it("of ARM are named by type, action and version", async () => {
  const arm = await TestArm.start({ unsupported: open() });
  await arm.put(group, { location: "westeurope" });
  const network = provider("Network");
  for (const [method, url] of [
    ["GET", `${network}/loadBalancers/canary?api-version=2024-05-01`],
    ["PUT", `${provider("Quantum")}/things/canary/parts/canary?api-version=2020-01-01`],
    ["GET", `${network}/virtualNetworks/canary?api-version=1999-01-01`],
    ["POST", `${network}/virtualNetworks/canary/checkThings?api-version=2024-05-01`],
    ["GET", `${group}?api-version=1999-01-01`],
    ["GET", "/providers/Microsoft.Network/operations?api-version=2024-05-01"],
    // What is there, or only missing, is no lack of the twin's.
    ["GET", `${network}/virtualNetworks/canary?api-version=2024-05-01`],
    ["PUT", `${network}/virtualNetworks/-?api-version=2024-05-01`],
  ] as const) {
    await arm.request(method, url, method === "GET" ? undefined : {});
  }
  await arm.request("GET", `${network}/bastions/canary?api-version=2024-05-01`, undefined, { authorization: "" });
  await arm.stop();
  expect(unsupportedCalls(home).map(({ method, call, apiVersion }) => `${method} ${call} ${apiVersion}`)).toEqual([
    "GET Microsoft.Network/loadBalancers 2024-05-01",
    "PUT Microsoft.Quantum/things/parts 2020-01-01",
    "GET Microsoft.Network/virtualNetworks 1999-01-01",
    "POST Microsoft.Network/virtualNetworks/checkThings 2024-05-01",
    "GET /subscriptions/{}/resourceGroups/{} 1999-01-01",
    "GET /providers/Microsoft.Network/operations 2024-05-01",
  ]);
  expect(lines.join()).not.toContain("canary");
});
