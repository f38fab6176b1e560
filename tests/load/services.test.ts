import { readdirSync, readFileSync } from "node:fs";
import type { Socket } from "node:net";
import * as path from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { readEndpoints } from "../../local/endpoints";
import { twinPaths } from "../../local/paths";
import { record } from "../faults/record";
import { clusterName, type Ends, RunningTwin } from "../security/runningTwin";
import { type EndName, ends as endsOf, work } from "./clients";
import { forHttp, forSsh } from "./malformed";
import { send } from "./send";

// A busy machine takes its time.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

const names: EndName[] = ["arm", "databricks", "ambari", "x", "ssh"];
let twin: RunningTwin;
let ends: Ends;

beforeAll(async () => {
  twin = await RunningTwin.start();
  const [databricks, cluster] = await Promise.all([twin.createWorkspace(), twin.createCluster(71)]);
  ends = endsOf(twin, databricks, cluster);
});
afterAll(() => twin?.stop());

/** Memory of the process with all services, MB. */
function memory(): number {
  const status = readFileSync(`/proc/${twin.endpoints.pid}/status`, "utf8");
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
}

const openFiles = () => readdirSync(`/proc/${twin.endpoints.pid}/fd`).length;

/** Lines of the log that say that the twin itself has failed. */
const failures = () =>
  readFileSync(path.join(twinPaths(twin.home).logs, "twin.log"), "utf8")
    .split("\n")
    .filter((line) => line.includes('"level":"error"'));

/** The services are those that were started, and have nothing to complain of. */
function expectUnharmed(): void {
  expect(readEndpoints(twin.home)?.pid).toBe(twin.endpoints.pid);
  expect(failures()).toEqual([]);
  const said = readFileSync(path.join(twinPaths(twin.home).logs, "supervisor.log"), "utf8");
  expect(said.replace(/^ready .*$/m, "").trim()).toBe("");
}

describe("a hundred clients at once", () => {
  it.each(names)("on %s all get their own answers", async (name) => {
    const first = memory();
    const began = Date.now();
    const done = await Promise.all(Array.from({ length: 100 }, (_, client) => work[name](twin, ends, client)));
    const calls = done.reduce((sum, each) => sum + each, 0);
    expectUnharmed();
    record({
      kind: "load",
      what: `100 clients at once, on ${name}`,
      size: `${calls} calls in ${((Date.now() - began) / 1000).toFixed(1)} s`,
      outcome: "each got the answer to its own call",
      memoryMb: { first, last: memory() },
      errors: 0,
    });
  });
});

/** So that a run can be repeated; it is in the message of whatever fails. */
const seed = 20_261_124;
const hundreds = 10;

describe(`a thousand malformed requests (seed ${seed})`, () => {
  const targets = {
    arm: () => ({
      base: `${twin.subscription}/resourceGroups/fuzz/providers/Microsoft.Network/virtualNetworks/`,
      authorization: `Bearer ${twin.arm.token}`,
    }),
    databricks: () => ({ base: "/api/2.0/fs/files/Volumes/", authorization: `Bearer ${twin.keys.databricksToken}` }),
    ambari: () => ({
      base: `/api/v1/clusters/${clusterName}/services/none/`,
      authorization: `Basic ${Buffer.from(`admin:${twin.keys.gatewayPassword}`).toString("base64")}`,
    }),
    x: () => ({ base: "/2/tweets/search/", authorization: `Bearer ${twin.keys.xBearerToken}` }),
  };

  it.each(names)("on %s end in an answer, or in the end of the connection, and harm nobody else", async (name) => {
    const before = openFiles();
    const bytes = name === "ssh" ? forSsh : forHttp({ host: ends[name], ...targets[name]() });
    const count = (hundreds * 100) / names.length;
    const all = fc.sample(bytes, { seed, numRuns: count });
    const held: Socket[] = [];
    const statuses = new Map<number, number>();
    for (let from = 0; from < count; from += 20) {
      await Promise.all(
        all.slice(from, from + 20).map(async (one, index) => {
          const shown = `${one.what}, number ${from + index} of seed ${seed}: ${one.bytes.toString("latin1").slice(0, 200)}`;
          const status = await send(ends[name], name !== "x", one, held).catch((error: Error) => {
            throw new Error(`${shown}: ${error.message}`);
          });
          statuses.set(status, (statuses.get(status) ?? 0) + 1);
          // 501 is what the twin says of what it does not imitate.
          expect(status < 500 || status === 501, `${status} for ${shown}`).toBe(true);
        }),
      );
      // Others are served meanwhile, with some of those connections still open.
      if (from % 100 === 80) await Promise.all(names.map((other) => work[other](twin, ends, 1_000 + from)));
    }
    for (const socket of held) socket.destroy();
    expectUnharmed();
    if (name !== "ssh") expect(statuses.size).toBeGreaterThan(3);
    // What was opened for them is closed again.
    await expect.poll(openFiles, { timeout: 60_000 }).toBeLessThan(before + 10);
    record({
      kind: "load",
      what: `malformed requests, on ${name}`,
      size: `${count}, of which ${held.length} without an end`,
      outcome: `answered or hung up on; others were served meanwhile`,
      errors: 0,
    });
  });
});
