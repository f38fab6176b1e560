/** A broker that is up. */
export interface Broker {
  id: number;
  /** As it advertises itself, without the port. */
  host: string;
  /** What must not fail together: `broker.rack`, or its fault domain by hand. */
  rack?: string;
}

/** Where the copies of a partition are. */
export interface Partition {
  topic: string;
  partition: number;
  /** Ids of brokers; the first is the leader that Kafka prefers. */
  replicas: number[];
}

/** A partition that is to be elsewhere, or led by another broker. */
export interface Move {
  topic: string;
  partition: number;
  from: number[];
  to: number[];
}

/** The assignment once the moves are done. */
export function afterMoves(partitions: readonly Partition[], moves: readonly Move[]): Partition[] {
  const by = new Map(moves.map((move) => [`${move.topic}-${move.partition}`, move.to]));
  return partitions.map((one) => ({ ...one, replicas: by.get(`${one.topic}-${one.partition}`) ?? one.replicas }));
}

/** Copies that are made: brokers that hold a partition then and do not now. */
export function copied(moves: readonly Move[]): number {
  return moves.reduce((sum, { from, to }) => sum + to.filter((id) => !from.includes(id)).length, 0);
}
