/** A VM size that Azure Databricks offers for clusters. */
export interface NodeType {
  node_type_id: string;
  memory_mb: number;
  num_cores: number;
  description: string;
  instance_type_id: string;
  category: string;
  is_deprecated: boolean;
  num_gpus: number;
}

interface Family {
  /** Size name for a number of cores. */
  name: (cores: number) => string;
  cores: number[];
  gibPerCore: number;
  category: string;
}

const general = "General Purpose";
const memory = "Memory Optimized";
const storage = "Storage Optimized";
const compute = "Compute Optimized";

const dsv2: Record<number, string> = { 4: "DS3", 8: "DS4", 16: "DS5" };
const families: Family[] = [
  { name: (n) => `Standard_${dsv2[n]}_v2`, cores: [4, 8, 16], gibPerCore: 3.5, category: general },
  { name: (n) => `Standard_D${n}s_v3`, cores: [4, 8, 16, 32, 64], gibPerCore: 4, category: general },
  { name: (n) => `Standard_D${n}ds_v4`, cores: [4, 8, 16, 32, 64], gibPerCore: 4, category: general },
  { name: (n) => `Standard_D${n}ds_v5`, cores: [4, 8, 16, 32, 64], gibPerCore: 4, category: general },
  { name: (n) => `Standard_D${n}ads_v5`, cores: [4, 8, 16, 32, 64], gibPerCore: 4, category: general },
  { name: (n) => `Standard_E${n}s_v3`, cores: [4, 8, 16, 32], gibPerCore: 8, category: memory },
  { name: (n) => `Standard_E${n}ds_v4`, cores: [4, 8, 16, 32], gibPerCore: 8, category: memory },
  { name: (n) => `Standard_E${n}ds_v5`, cores: [4, 8, 16, 32, 64], gibPerCore: 8, category: memory },
  { name: (n) => `Standard_E${n}ads_v5`, cores: [4, 8, 16, 32, 64], gibPerCore: 8, category: memory },
  { name: (n) => `Standard_L${n}s_v3`, cores: [8, 16, 32], gibPerCore: 8, category: storage },
  { name: (n) => `Standard_L${n}as_v3`, cores: [8, 16, 32], gibPerCore: 8, category: storage },
  { name: (n) => `Standard_F${n}s_v2`, cores: [4, 8, 16, 32], gibPerCore: 2, category: compute },
];

/** What `list-node-types` answers. */
export const nodeTypes: readonly NodeType[] = families.flatMap((family) =>
  family.cores.map((cores) => ({
    node_type_id: family.name(cores),
    memory_mb: cores * family.gibPerCore * 1024,
    num_cores: cores,
    description: family.name(cores),
    instance_type_id: family.name(cores),
    category: family.category,
    is_deprecated: false,
    num_gpus: 0,
  })),
);

export function findNodeType(nodeTypeId: string): NodeType | undefined {
  return nodeTypes.find((candidate) => candidate.node_type_id === nodeTypeId);
}
