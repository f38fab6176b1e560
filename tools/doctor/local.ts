import { statfs } from "node:fs/promises";
import { createServer } from "node:net";
import { totalmem } from "node:os";
import { readEndpoints } from "../../local/endpoints";
import { namespaceSupport } from "../../local/network/namespaces/support";
import { projectRoot, toolPaths, twinPaths } from "../../local/paths";
import { findOnPath } from "../../local/setup/command";
import { networkToolsAreReady } from "../../local/setup/networkTools";
import { findJava } from "../../local/setup/prerequisites";
import { pulumiOrigin } from "../../local/setup/pulumi";
import { setupSteps } from "../../local/setup/steps";
import type { CheckedValues } from "../../settings/check";
import { type Finding, failed, note, ok, problem } from "./finding";
import { nodePorts, portsFinding } from "./ports";

/** What set-up and a deployed environment take: 1.5 GB of tools, and the brokers' and Spark's own files. */
const diskGigabytes = 4;
/** Four brokers' worth of JVMs, the two jobs' Spark, and the services. */
const memoryGigabytes = 4;

/**
 * Whether this machine can run the local environment, and what of it is missing still.
 *
 * @param values the local stack's configuration, as far as it is good
 */
export async function localFindings(values: Partial<CheckedValues>): Promise<Finding[]> {
  return [
    ok("Node.js", process.versions.node),
    java(),
    tools(),
    ...engine(),
    await disk(),
    memory(),
    ...(await networks(values)),
    running(),
  ];
}

function java(): Finding {
  try {
    const { binary, version } = findJava();
    return ok("Java", `${version} (${binary})`);
  } catch (error) {
    return problem("Java", (error as Error).message);
  }
}

function tools(): Finding {
  try {
    const steps = setupSteps(toolPaths());
    const missing = steps.filter((step) => !isReady(step.isReady)).map(({ name }) => name);
    if (missing.length === 0) return ok("Tools", "all are there");
    return note(
      "Tools",
      `${missing.length} of ${steps.length} are missing, and fetched or made once: ${missing.join(", ")}`,
      ["npm start"],
    );
  } catch (error) {
    return failed("Tools", error);
  }
}

/** A step that cannot tell, such as for want of Java, is not ready. */
function isReady(ask: () => boolean): boolean {
  try {
    return ask();
  } catch {
    return false;
  }
}

function engine(): Finding[] {
  const origin = pulumiOrigin();
  if (origin) return [ok("Pulumi", `${origin.version} (${origin.how})`)];
  if (findOnPath("pulumi").length > 0) return [ok("Pulumi", "the one on PATH will be used, if it is new enough")];
  const go = findOnPath("go")[0];
  return [
    note(
      "Pulumi",
      go
        ? `is downloaded, or built by ${go} where it cannot be`
        : "is downloaded; where it cannot be, Go would build it, and there is no `go` on PATH",
    ),
  ];
}

async function disk(): Promise<Finding> {
  const { bavail, bsize } = await statfs(projectRoot);
  const free = (bavail * bsize) / 1e9;
  const text = `${free.toFixed(0)} GB free in ${projectRoot}`;
  return free >= diskGigabytes ? ok("Disk", text) : problem("Disk", `${text}, ${diskGigabytes} GB are needed`);
}

function memory(): Finding {
  const all = totalmem() / 1e9;
  const text = `${all.toFixed(0)} GB`;
  return all >= memoryGigabytes ? ok("Memory", text) : problem("Memory", `${text}, ${memoryGigabytes} GB are needed`);
}

async function networks(values: Partial<CheckedValues>): Promise<Finding[]> {
  const support = namespaceSupport(toolPaths());
  if (!("reason" in support)) {
    return [
      ok("Networks", "each virtual network can be a network namespace"),
      ok("Ports", "are those of namespaces, which nothing else is in"),
    ];
  }
  if (!networkToolsAreReady(toolPaths())) {
    return [note("Networks", "the programs for network namespaces are fetched by the first start")];
  }
  const ports = nodePorts(values);
  const closed = await missingAddresses([...new Set(ports.map(({ address }) => address))]);
  const mode = `loopback addresses, since ${support.reason}`;
  const finding =
    closed.length === 0
      ? note("Networks", mode)
      : problem(
          "Networks",
          `${mode}; and ${closed.join(", ")} cannot be used`,
          process.platform === "darwin" ? closed.map((address) => `sudo ifconfig lo0 alias ${address}`) : undefined,
        );
  const usable = ports.filter(({ address }) => !closed.includes(address));
  // What runs has its ports; and where there are no addresses, there is nothing to say of ports.
  if (readEndpoints(twinPaths().root) || (closed.length > 0 && usable.length === 0)) return [finding];
  return [finding, await portsFinding(usable)];
}

/** Which of these addresses nothing can listen on. */
export async function missingAddresses(addresses: readonly string[]): Promise<string[]> {
  const usable = await Promise.all(addresses.map(canListen));
  return addresses.filter((_, index) => !usable[index]);
}

function canListen(host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ host, port: 0 }, () => server.close(() => resolve(true)));
  });
}

function running(): Finding {
  const endpoints = readEndpoints(twinPaths().root);
  if (!endpoints) return ok("Environment", "not running; `npm start` starts it");
  return ok("Environment", `running since ${endpoints.startedAt} (process ${endpoints.pid})`);
}
