/**
 * The long-lived process behind a twin: `tsx local/supervisor.ts --home DIR`. Runs in the foreground until SIGTERM or
 * SIGINT, prints `ready` once everything answers, and leaves the addresses in `<home>/endpoints.json`.
 * With `--end-left-over` it only ends the processes that a killed supervisor left behind.
 */

import * as fs from "node:fs";
import * as path from "node:path";
import { parseArgs } from "node:util";
import type { Endpoints } from "./endpoints";
import { writeFileAtomic } from "./files";
import { HomeLock } from "./lock";
import type { NetworkChoice } from "./network";
import { toolPaths, twinPaths } from "./paths";
import { ensurePrivate } from "./privacy";
import { Twin } from "./twin";

/** Longer than any part needs; after that, something hangs and the process ends anyway. */
const closeDeadlineMs = 60_000;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { home: { type: "string" }, network: { type: "string" }, "end-left-over": { type: "boolean" } },
  });
  const home = path.resolve(values.home ?? twinPaths().root);
  // Brokers, ZooKeeper and Spark inherit it: they write data and logs that are nobody else's.
  process.umask(0o077);
  ensurePrivate(home);
  const lock = HomeLock.acquire(home);
  try {
    fs.rmSync(twinPaths(home).endpoints, { force: true });
    if (values["end-left-over"]) await Twin.endLeftOver(home);
    else await serve(home, values.network as NetworkChoice | undefined);
  } finally {
    lock.release();
  }
}

async function serve(home: string, choice: NetworkChoice | undefined): Promise<void> {
  const stopped = stopSignal();
  const { twin, arm, x, page, network } = await Twin.open(home, toolPaths(), choice);
  const { networks, reason } = network;
  const { endpoints } = twinPaths(home);
  const addresses: Endpoints = {
    pid: process.pid,
    arm,
    x: { url: `http://${x.host}:${x.port}` },
    page: `http://${page.host}:${page.port}${page.path}/`,
    network: { mode: networks.mode, reason, operator: [...networks.operator] },
    startedAt: new Date().toISOString(),
  };
  writeFileAtomic(endpoints, `${JSON.stringify(addresses, null, 2)}\n`);
  console.log(`ready https://${arm.host}:${arm.port}`);

  console.log(`stopping: ${await stopped}`);
  fs.rmSync(endpoints, { force: true });
  setTimeout(() => {
    console.error(`Not everything ended within ${closeDeadlineMs / 1000} s`);
    process.exit(1);
  }, closeDeadlineMs).unref();
  await twin.close();
}

/** Resolves with the reason to stop. Later signals change nothing: what is closing goes on closing. */
function stopSignal(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, () => resolve(signal));
    const failed = (error: unknown) => {
      console.error(error);
      process.exitCode = 1;
      resolve("an unexpected error");
    };
    process.on("uncaughtException", failed);
    process.on("unhandledRejection", failed);
  });
}

main().then(
  () => process.exit(),
  (error: Error) => {
    console.error(error.message);
    process.exit(1);
  },
);
