import { AmbariOperator } from "../../../local/stack/ambariOperator";

/** An operator who stops and starts whole services, too. */
export class ServiceOperator extends AmbariOperator {
  /** Stops or starts a service on every host, and waits until that is done. */
  async setService(service: "KAFKA" | "ZOOKEEPER", state: "INSTALLED" | "STARTED"): Promise<void> {
    const operation_level = { level: "SERVICE", cluster_name: this.cluster, service_name: service };
    await this.change(`/services/${service}`, { ServiceInfo: { state } }, { operation_level });
  }
}
