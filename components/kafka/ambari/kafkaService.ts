import { setTimeout as sleep } from "node:timers/promises";
import type { Ambari } from "./client";

/** How long a stop or start of all brokers may take before it counts as failed. */
const deadlineMs = 20 * 60_000;

/** The state every broker must end in. */
interface BrokerState {
  host: string;
  state: string;
  staleConfigs: boolean;
}

/** Every broker, its state (STARTED, INSTALLED = stopped, ...) and whether it runs with an old configuration. */
export async function brokerStates(ambari: Ambari): Promise<BrokerState[]> {
  const { items } = await ambari.get<{
    items: { HostRoles: { host_name: string; state: string; stale_configs: boolean | string } }[];
  }>("/host_components?HostRoles/component_name=KAFKA_BROKER&fields=HostRoles/state,HostRoles/stale_configs");
  return items.map(({ HostRoles }) => ({
    host: HostRoles.host_name,
    state: HostRoles.state,
    staleConfigs: String(HostRoles.stale_configs) === "true",
  }));
}

/**
 * Stops and starts all brokers, in maintenance mode so that nobody is alarmed, and waits until each is STARTED with its
 * new configuration. Throws with the request's own state when Ambari gives up on it.
 */
export async function restartKafka(ambari: Ambari, log: (line: string) => void): Promise<void> {
  await ambari.put("/services/KAFKA", maintenance("ON"));
  try {
    for (const [verb, state] of [
      ["Stopping", "INSTALLED"],
      ["Starting", "STARTED"],
    ]) {
      log(`${verb} Kafka on every broker ...`);
      await changeState(ambari, `${verb} Kafka to change what brokers advertise`, state);
    }
  } finally {
    await ambari.put("/services/KAFKA", maintenance("OFF"));
  }
}

/**
 * Takes Kafka out of the maintenance mode in which a restart that was cut short has left it: Ambari would pass over its
 * brokers when it is told to start one. Nothing happens when it is in none.
 */
export async function leaveMaintenance(ambari: Ambari, log: (line: string) => void): Promise<void> {
  const { ServiceInfo } = await ambari.get<{ ServiceInfo: { maintenance_state: string } }>(
    "/services/KAFKA?fields=ServiceInfo/maintenance_state",
  );
  if (ServiceInfo.maintenance_state === "OFF") return;
  log("Kafka is in maintenance mode, after a restart that was cut short; taking it out ...");
  await ambari.put("/services/KAFKA", maintenance("OFF"));
}

const maintenance = (state: "ON" | "OFF") => ({
  RequestInfo: { context: `Maintenance mode ${state} for Kafka` },
  Body: { ServiceInfo: { maintenance_state: state } },
});

async function changeState(ambari: Ambari, context: string, state: string): Promise<void> {
  const answer = await ambari.put<{ Requests: { id: number } }>("/services/KAFKA", {
    // Without the level, Ambari takes this for an operation on the cluster, which passes over services in maintenance;
    // without the cluster's name, it refuses the level.
    RequestInfo: {
      context,
      operation_level: { level: "SERVICE", cluster_name: ambari.cluster, service_name: "KAFKA" },
    },
    Body: { ServiceInfo: { state } },
  });
  // Ambari answers without a request when the service is in that state already. The link in its answer is no use: it
  // names an address inside the cluster.
  if (answer?.Requests) await waitForRequest(ambari, answer.Requests.id);
}

async function waitForRequest(ambari: Ambari, id: number): Promise<void> {
  const end = Date.now() + deadlineMs;
  for (;;) {
    const { Requests: request } = await ambari.get<{
      Requests: { request_status: string; request_context: string; progress_percent: number };
    }>(`/requests/${id}`);
    if (request.request_status === "COMPLETED") return;
    if (["FAILED", "ABORTED", "TIMEDOUT"].includes(request.request_status)) {
      throw new Error(
        `Ambari's request ${id} (${request.request_context}) ended ${request.request_status}. Its operations, with their logs, are in Ambari under "Background operations"; the next \`pulumi up\` tries again.`,
      );
    }
    if (Date.now() > end) {
      throw new Error(
        `Ambari's request ${id} (${request.request_context}) was not done after ${deadlineMs / 60_000} minutes (${request.progress_percent} %).`,
      );
    }
    await sleep(pollIntervalMs);
  }
}

/** Short next to a restart of minutes, and few calls all the same. */
const pollIntervalMs = Number(process.env.AMBARI_POLL_MS ?? 2_000);
