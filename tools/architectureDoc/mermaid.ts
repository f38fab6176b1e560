import type { GraphNode } from "./graph";

/**
 * A flowchart in Mermaid, which GitHub and many editors draw: components as boxes around what they make, and an arrow
 * from each resource to what waits for it.
 */
export function mermaid(graph: readonly GraphNode[]): string {
  const arrows = graph.flatMap(({ name, waitsFor }) => waitsFor.map((other) => `  ${id(other)} --> ${id(name)}`));
  return ["```mermaid", "flowchart LR", ...boxes(graph, undefined, "  "), ...arrows, "```"].join("\n");
}

function boxes(graph: readonly GraphNode[], parent: string | undefined, indent: string): string[] {
  return graph
    .filter((node) => node.parent === parent)
    .flatMap((node) => {
      const label = `"${node.name}<br/><small>${shortType(node.type)}</small>"`;
      const inside = boxes(graph, node.name, `${indent}  `);
      if (inside.length === 0) return [`${indent}${id(node.name)}[${label}]`];
      return [`${indent}subgraph ${id(node.name)}[${label}]`, ...inside, `${indent}end`];
    });
}

/** Mermaid takes words such as `end` and signs such as `-` for its own. */
const id = (name: string) => `n_${name.replaceAll(/\W/g, "_")}`;

/** `hdinsight:Cluster` for `azure-native:hdinsight:Cluster`; of a component, its class. */
function shortType(type: string): string {
  if (type.startsWith("streaming:")) return type.split(":").at(-1) ?? type;
  return type.replace(/^azure-native:/, "").replace(/^(\w+):index(?:\/\w+)?:/, "$1:");
}
