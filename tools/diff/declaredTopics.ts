/** A topic as the configuration declares it. */
export interface DeclaredTopic {
  name: string;
  partitions: number;
  replicationFactor: number;
  config: Record<string, string>;
  /** Whether it is declared in order to be deleted. */
  deleted?: boolean;
}
