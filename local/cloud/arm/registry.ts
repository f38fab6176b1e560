import { invalidApiVersion, unknownNamespace, unknownType, unsupportedApiVersion } from "./errors";
import type { ArmPath, ResourceId } from "./ids";
import { resourceId } from "./ids";
import type { Kind } from "./kind";

/** What a path means: a resource, a list of resources, or an action on a resource. */
export type Target =
  | { is: "resource"; kind: Kind; id: ResourceId }
  | { is: "list"; kind: Kind; parent?: ResourceId }
  | { is: "action"; kind: Kind; id: ResourceId; action: string };

/** The resource types the twin serves. */
export class Registry {
  private readonly kinds = new Map<string, Kind>();

  constructor(kinds: readonly Kind[]) {
    for (const kind of kinds) this.kinds.set(kind.type.toLowerCase(), kind);
  }

  all(): Kind[] {
    return [...this.kinds.values()];
  }

  namespaces(): string[] {
    return [...new Set(this.all().map(namespaceOf))];
  }

  /** Namespace in Azure's spelling; throws the ARM error for one that the twin does not serve. */
  namespace(name: string): string {
    const known = this.namespaces();
    const found = known.find((candidate) => candidate.toLowerCase() === name.toLowerCase());
    if (!found) throw unknownNamespace(name, known);
    return found;
  }

  find(type: string): Kind {
    const kind = this.kinds.get(type.toLowerCase());
    if (kind) return kind;
    const [namespace = "", ...types] = type.split("/");
    const spelled = this.namespace(namespace);
    const served = this.all().filter((candidate) => namespaceOf(candidate) === spelled);
    throw unknownType(
      spelled,
      types.join("/"),
      served.map((candidate) => candidate.type.slice(spelled.length + 1)),
    );
  }

  /**
   * Reads the segments after a namespace. An even number is a resource, an odd one a list or, for POST, an action:
   * `clusters/c/roles/workernode/resize` is `roles/workernode/resize` on `clusters/c`.
   */
  resolve(path: ArmPath, method: string): Target {
    const namespace = this.namespace(path.namespace ?? "");
    const types = path.segments.filter((_, index) => index % 2 === 0);
    const names = path.segments.filter((_, index) => index % 2 === 1);

    if (method === "POST") {
      for (let depth = names.length; depth > 0; depth--) {
        const kind = this.kinds.get([namespace, ...types.slice(0, depth)].join("/").toLowerCase());
        const action = path.segments.slice(depth * 2).join("/");
        if (kind && action) {
          return { is: "action", kind, id: resourceId(path, kind.type, names.slice(0, depth)), action };
        }
      }
    }
    const kind = this.find([namespace, ...types].join("/"));
    if (names.length === types.length) return { is: "resource", kind, id: resourceId(path, kind.type, names) };
    if (types.length === 1) return { is: "list", kind };
    const parent = this.find([namespace, ...types.slice(0, -1)].join("/"));
    return { is: "list", kind, parent: resourceId(path, parent.type, names) };
  }

  checkApiVersion(kind: Kind, version: string): void {
    if (kind.apiVersions.includes(version)) return;
    if (namespaceOf(kind) === "Microsoft.Resources") throw invalidApiVersion(version, kind.apiVersions);
    throw unsupportedApiVersion(kind.type, version, kind.apiVersions);
  }
}

function namespaceOf(kind: Kind): string {
  return kind.type.split("/", 1)[0] ?? kind.type;
}
