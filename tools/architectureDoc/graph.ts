/** A resource of the deployed program, as far as a picture of the architecture needs it. */
export interface GraphNode {
  /** The name in the program. */
  name: string;
  /** Type token. */
  type: string;
  /** Name of the component that it belongs to; none at the top. */
  parent?: string;
  /** Names of what the engine waited for before it made this one. */
  waitsFor: string[];
}

/** What `pulumi stack export` prints, as far as it matters here. */
interface Exported {
  deployment: { resources: ExportedResource[] };
}

interface ExportedResource {
  urn: string;
  type: string;
  parent?: string;
  dependencies?: string[];
  /** URN and id of the provider, `::` between them. */
  provider?: string;
}

/**
 * The engine's graph of a deployed stack, without anything that differs from one deployment to the next. The stack and
 * its providers are left out; what a provider waited for, its resources waited for.
 */
export function graphOf({ deployment }: Exported): GraphNode[] {
  const isPart = (urn: string) => !/^(?:pulumi:pulumi:Stack|pulumi:providers:.*)$/.test(typeOf(urn));
  const ofProviders = new Map(
    deployment.resources.filter(({ urn }) => !isPart(urn)).map(({ urn, dependencies = [] }) => [urn, dependencies]),
  );
  return deployment.resources
    .filter(({ urn }) => isPart(urn))
    .map(({ urn, type, parent, dependencies = [], provider = "" }) => ({
      name: nameOf(urn),
      type,
      ...(parent && isPart(parent) && { parent: nameOf(parent) }),
      waitsFor: [
        ...new Set([...dependencies, ...(ofProviders.get(urnOfProvider(provider)) ?? [])].filter(isPart).map(nameOf)),
      ].sort(),
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The graph of the components at the top: what waits in one of them for something in another. */
export function overview(graph: readonly GraphNode[]): GraphNode[] {
  const parents = new Map(graph.map(({ name, parent }) => [name, parent]));
  const topOf = (name: string): string => {
    const parent = parents.get(name);
    return parent === undefined ? name : topOf(parent);
  };
  return graph
    .filter(({ parent }) => parent === undefined)
    .map(({ name, type }) => {
      const inside = graph.filter((node) => topOf(node.name) === name);
      const others = inside.flatMap(({ waitsFor }) => waitsFor.map(topOf)).filter((other) => other !== name);
      return { name, type, waitsFor: [...new Set(others)].sort() };
    });
}

/** The graph without what follows: of `a` before `b` before `c`, that `a` is before `c`. */
export function withoutDetours(graph: readonly GraphNode[]): GraphNode[] {
  const waits = new Map(graph.map(({ name, waitsFor }) => [name, waitsFor]));
  const reaches = (from: string, to: string): boolean =>
    (waits.get(from) ?? []).some((next) => next === to || reaches(next, to));
  return graph.map((node) => ({
    ...node,
    waitsFor: node.waitsFor.filter((one) => !node.waitsFor.some((other) => other !== one && reaches(other, one))),
  }));
}

/** The last part of the chain of types in a URN: `urn:pulumi:stack::project::parent$type::name`. */
const typeOf = (urn: string) => urn.split("::")[2]?.split("$").at(-1) ?? "";
const urnOfProvider = (provider: string) => provider.slice(0, provider.lastIndexOf("::"));
const nameOf = (urn: string) => urn.split("::").slice(3).join("::");
