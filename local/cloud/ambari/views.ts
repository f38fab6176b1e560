import { type HostComponent, type KafkaHost, shortName } from "../../engines/kafka";
import { type AmbariCluster, componentKey, type ServiceName, serviceOf, services } from "./cluster";
import { isOver, statusOf } from "./requests";
import type { Resource, Tree } from "./resource";
import type { AmbariRequest, ConfigurationVersion, Task } from "./state";

/** HDInsight 5.1's name of its stack, as Ambari shows it. */
const stack = "HDInsight-5.1";

/** The cluster's state as Ambari's resources: built when asked for, so that they always show what is now. */
export class Views {
  constructor(private readonly ambari: AmbariCluster) {}

  cluster(): Resource {
    const { ambari } = this;
    const { current } = ambari.state.now;
    const desired = Object.entries(current).map(([type, tag]) => {
      return [type, { tag, version: ambari.state.version(type, tag)?.version ?? 0 }] as const;
    });
    return {
      href: ambari.href(""),
      type: "Cluster",
      keys: ["Clusters/cluster_name"],
      properties: {
        Clusters: {
          cluster_name: ambari.name,
          desired_configs: Object.fromEntries(desired),
          provisioning_state: "INSTALLED",
          security_type: "NONE",
          total_hosts: ambari.hosts.length,
          version: stack,
        },
      },
      children: {
        configurations: () => this.configurations(false),
        hosts: () => this.hosts(),
        requests: () => this.requests(),
        services: () => this.services(),
      },
    };
  }

  services(): Resource[] {
    return (Object.keys(services) as ServiceName[]).map((name) => this.service(name));
  }

  service(name: ServiceName): Resource {
    return {
      href: this.ambari.href(`/services/${name}`),
      type: "Service",
      keys: ["ServiceInfo/cluster_name", "ServiceInfo/service_name"],
      properties: {
        ServiceInfo: {
          cluster_name: this.ambari.name,
          maintenance_state: this.ambari.maintenanceOf(name),
          service_name: name,
          state: this.ambari.stateOfService(name),
        },
      },
      children: { components: () => [this.component(name)] },
    };
  }

  component(service: ServiceName): Resource {
    const { component, componentTitle } = services[service];
    const states = this.ambari.of(service).map((each) => this.ambari.stateOf(each));
    const count = (state: string) => states.filter((each) => each === state).length;
    return {
      href: this.ambari.href(`/services/${service}/components/${component}`),
      type: "Component",
      keys: [
        "ServiceComponentInfo/cluster_name",
        "ServiceComponentInfo/component_name",
        "ServiceComponentInfo/service_name",
      ],
      properties: {
        ServiceComponentInfo: {
          category: "MASTER",
          cluster_name: this.ambari.name,
          component_name: component,
          display_name: componentTitle,
          installed_count: count("INSTALLED"),
          service_name: service,
          started_count: count("STARTED"),
          state: this.ambari.stateOfService(service),
          total_count: states.length,
        },
      },
      children: { host_components: () => this.ambari.of(service).map((each) => this.hostComponent(each)) },
    };
  }

  hostComponents(): Resource[] {
    return this.ambari.components.map((component) => this.hostComponent(component));
  }

  hostComponent(component: HostComponent): Resource {
    const { ambari } = this;
    const service = serviceOf(component);
    return {
      href: ambari.href(`/hosts/${component.host.name}/host_components/${component.name}`),
      type: "HostComponent",
      keys: ["HostRoles/cluster_name", "HostRoles/component_name", "HostRoles/host_name"],
      properties: {
        HostRoles: {
          cluster_name: ambari.name,
          component_name: component.name,
          desired_state: ambari.state.now.desired[componentKey(component)] ?? "STARTED",
          display_name: services[service].componentTitle,
          host_name: component.host.name,
          maintenance_state: ambari.maintenanceOf(component),
          public_host_name: component.host.name,
          service_name: service,
          stale_configs: ambari.isStale(component),
          state: ambari.stateOf(component),
        },
      },
      children: {},
    };
  }

  hosts(): Resource[] {
    return this.ambari.hosts.map((host) => this.host(host));
  }

  host(host: KafkaHost): Resource {
    return {
      href: this.ambari.href(`/hosts/${host.name}`),
      type: "Host",
      keys: ["Hosts/cluster_name", "Hosts/host_name"],
      properties: {
        Hosts: {
          cluster_name: this.ambari.name,
          host_name: host.name,
          host_state: "HEALTHY",
          host_status: "HEALTHY",
          ip: host.address,
          maintenance_state: "OFF",
          public_host_name: host.name,
          short_name: shortName(host),
        },
      },
      children: {
        host_components: () =>
          this.ambari.components.filter((each) => each.host === host).map((each) => this.hostComponent(each)),
      },
    };
  }

  /** @param whole show the properties without being asked, as Ambari does when type and tag are given. */
  configurations(whole: boolean): Resource[] {
    return this.ambari.state.now.configurations.map((version) => this.configuration(version, whole));
  }

  private configuration(version: ConfigurationVersion, whole: boolean): Resource {
    const { type, tag, properties, attributes } = version;
    const path = `/configurations?type=${encodeURIComponent(type)}&tag=${encodeURIComponent(tag)}`;
    return {
      href: this.ambari.href(path),
      type: "Configuration",
      keys: ["type", "tag", "version", "Config", ...(whole ? ["properties", "properties_attributes"] : [])],
      properties: {
        Config: { cluster_name: this.ambari.name, stack_id: stack },
        type,
        tag,
        version: version.version,
        properties,
        properties_attributes: attributes,
      },
      children: {},
      open: ["properties", "properties_attributes"],
    };
  }

  requests(): Resource[] {
    return this.ambari.state.now.requests.map((request) => this.request(request));
  }

  request(request: AmbariRequest): Resource {
    const { id, tasks, context, created } = request;
    const count = (status: string) => tasks.filter((task) => task.status === status).length;
    const over = tasks.filter((task) => isOver(task.status)).length;
    const began = tasks.map((task) => task.started).filter((time) => time >= 0);
    return {
      href: this.ambari.href(`/requests/${id}`),
      type: "Request",
      keys: ["Requests/cluster_name", "Requests/id"],
      properties: {
        Requests: {
          aborted_task_count: count("ABORTED"),
          cluster_name: this.ambari.name,
          completed_task_count: over,
          create_time: created,
          end_time: over === tasks.length ? Math.max(created, ...tasks.map((task) => task.ended)) : -1,
          failed_task_count: count("FAILED"),
          id,
          progress_percent: tasks.length === 0 ? 100 : Math.round((100 * over) / tasks.length),
          queued_task_count: 0,
          request_context: context,
          request_status: statusOf(request),
          start_time: began.length > 0 ? Math.min(...began) : -1,
          task_count: tasks.length,
          timed_out_task_count: count("TIMEDOUT"),
        },
      },
      children: { tasks: () => tasks.map((task) => this.task(request, task)) },
    };
  }

  task(request: AmbariRequest, task: Task): Resource {
    const properties: Tree = {
      cluster_name: this.ambari.name,
      command: task.command,
      end_time: task.ended,
      exit_code: task.status === "COMPLETED" ? 0 : isOver(task.status) ? 1 : 999,
      host_name: task.host,
      id: task.id,
      request_id: request.id,
      role: task.component,
      stage_id: task.stage,
      start_time: task.started,
      status: task.status,
      stderr: task.stderr,
      stdout: "",
    };
    return {
      href: this.ambari.href(`/requests/${request.id}/tasks/${task.id}`),
      type: "Task",
      keys: ["Tasks/cluster_name", "Tasks/id", "Tasks/request_id"],
      properties: { Tasks: properties },
      children: {},
    };
  }
}
