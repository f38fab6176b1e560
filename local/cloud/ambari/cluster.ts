import { type ComponentName, configurationTypes, type HostComponent, type KafkaHost } from "../../engines/kafka";
import { HttpError } from "../http";
import type { RequestRunner } from "./requests";
import type { AmbariState, DesiredState, OnOff } from "./state";

export type ServiceName = "KAFKA" | "ZOOKEEPER";

/** Ambari's services here, with the component that each consists of. */
export const services: Record<ServiceName, { component: ComponentName; componentTitle: string }> = {
  KAFKA: { component: "KAFKA_BROKER", componentTitle: "Kafka Broker" },
  ZOOKEEPER: { component: "ZOOKEEPER_SERVER", componentTitle: "ZooKeeper Server" },
};

export interface AmbariClusterOptions {
  /** Case-sensitive, as in Ambari's paths. */
  name: string;
  hosts: KafkaHost[];
  components: HostComponent[];
  /** Address at which Ambari itself believes to be: what its `href`s name. Not reachable from outside on HDInsight either. */
  internalAddress: string;
  state: AmbariState;
  requests: RequestRunner;
}

/** What a client may change about a component: one of Ambari's states, or its maintenance mode. */
export interface Change {
  state?: DesiredState;
  maintenance?: OnOff;
  /** Shown with the request. */
  context: string;
  /** `RequestInfo/operation_level`; without it Ambari takes the call for one on the whole cluster. */
  level?: string;
}

/** The cluster as Ambari sees it: services, their components on hosts, and what is wanted of them. */
export class AmbariCluster {
  readonly name: string;
  readonly hosts: KafkaHost[];
  readonly components: HostComponent[];
  readonly state: AmbariState;
  readonly requests: RequestRunner;

  constructor(private readonly options: AmbariClusterOptions) {
    ({ name: this.name, hosts: this.hosts, components: this.components } = options);
    ({ state: this.state, requests: this.requests } = options);
  }

  href(path: string): string {
    return `http://${this.options.internalAddress}:8080/api/v1/clusters/${this.name}${path}`;
  }

  of(service: ServiceName): HostComponent[] {
    return this.components.filter((component) => component.name === services[service].component);
  }

  /** STARTED or INSTALLED (Ambari's word for stopped), or what a request is just doing. */
  stateOf(component: HostComponent): string {
    return this.requests.transition(component) ?? (component.running ? "STARTED" : "INSTALLED");
  }

  /** A service is started when all of it is. */
  stateOfService(service: ServiceName): string {
    const states = this.of(service).map((component) => this.stateOf(component));
    return states.find((state) => state !== "STARTED") ?? "STARTED";
  }

  /** Whether a component runs with other properties than those in force. */
  isStale(component: HostComponent): boolean {
    const applied = this.state.now.applied[componentKey(component)];
    return configurationTypes[component.name].some((type) => {
      const tag = applied?.[type];
      if (tag === undefined) return false;
      const [started, inForce] = [this.state.version(type, tag), this.state.configuration(type)];
      return started !== inForce && !sameProperties(started?.properties ?? {}, inForce?.properties ?? {});
    });
  }

  maintenanceOf(serviceOrComponent: ServiceName | HostComponent): OnOff | "IMPLIED_FROM_SERVICE" {
    const { maintenance } = this.state.now;
    if (typeof serviceOrComponent === "string") return maintenance[serviceOrComponent] ?? "OFF";
    if (maintenance[componentKey(serviceOrComponent)] === "ON") return "ON";
    return this.maintenanceOf(serviceOf(serviceOrComponent)) === "ON" ? "IMPLIED_FROM_SERVICE" : "OFF";
  }

  /**
   * Starts or stops a service, or sets its maintenance mode. Returns the request's id, undefined when nothing was to be
   * done. Like Ambari, does nothing for a service in maintenance mode unless the call says that it means this service
   * (`operation_level` SERVICE): without that it counts as a call on the whole cluster, which spares such services.
   */
  changeService(service: ServiceName, { state, maintenance, context, level = "CLUSTER" }: Change): number | undefined {
    if (maintenance) this.setMaintenance(service, maintenance);
    if (!state || (level === "CLUSTER" && this.maintenanceOf(service) === "ON")) return undefined;
    const spared = (component: HostComponent) => this.maintenanceOf(component) === "ON";
    return this.changeState(
      this.of(service).filter((component) => !spared(component)),
      state,
      context,
    );
  }

  /** The same for one component on one host. */
  changeComponent(
    component: HostComponent,
    { state, maintenance, context, level = "CLUSTER" }: Change,
  ): number | undefined {
    if (maintenance) this.setMaintenance(componentKey(component), maintenance);
    const allowed: Record<string, string[]> = {
      CLUSTER: ["OFF"],
      HOST: ["OFF"],
      SERVICE: ["OFF", "IMPLIED_FROM_SERVICE"],
    };
    if (!state || allowed[level]?.includes(this.maintenanceOf(component)) === false) return undefined;
    return this.changeState([component], state, context);
  }

  restart(components: HostComponent[], context: string): number {
    this.wish(components, "STARTED");
    return this.requests.submit("RESTART", components, context);
  }

  private changeState(components: HostComponent[], state: DesiredState, context: string): number | undefined {
    const concerned = components.filter((component) => this.stateOf(component) !== state);
    this.wish(components, state);
    if (concerned.length === 0) return undefined;
    return this.requests.submit(state === "STARTED" ? "START" : "STOP", concerned, context);
  }

  private wish(components: HostComponent[], state: DesiredState): void {
    const wishes = components.map((component) => [componentKey(component), state]);
    this.state.update({ desired: { ...this.state.now.desired, ...Object.fromEntries(wishes) } });
  }

  private setMaintenance(key: string, value: OnOff): void {
    this.state.update({ maintenance: { ...this.state.now.maintenance, [key]: value } });
  }
}

export function componentKey(component: HostComponent): string {
  return `${component.name}@${component.host.name}`;
}

export function serviceOf(component: HostComponent): ServiceName {
  return component.name === "KAFKA_BROKER" ? "KAFKA" : "ZOOKEEPER";
}

/** Ambari's answer for what is not there: `Host not found, hostName=...`. */
export function notFound(what: string, where: string): HttpError {
  return new HttpError(404, "NotFound", `The requested resource doesn't exist: ${what} not found, ${where}`);
}

function sameProperties(a: Record<string, string>, b: Record<string, string>): boolean {
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].every((key) => a[key] === b[key]);
}
