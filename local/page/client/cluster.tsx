import type { BrokerView, ClusterView, PartitionView, TopicView } from "../model";
import { brokerMood, brokerWord, isLeaderless, isUnderReplicated } from "./moods";
import { Badge, rate, Scroll, Value, whole } from "./text";

export function Cluster({ cluster }: { cluster: ClusterView }) {
  const { name, zookeepers, heads, ambari, brokers, topics } = cluster;
  return (
    <section class="cluster" aria-label={`Kafka cluster ${name}`}>
      <p class="about">
        HDInsight cluster <b>{name}</b>: {brokers.length} brokers, {zookeepers} ZooKeeper nodes, {heads} head nodes with{" "}
        <Ambari url={ambari} />
      </p>
      <ul class="brokers" aria-label="Brokers">
        {brokers.map((broker) => (
          <Broker key={broker.address} broker={broker} />
        ))}
      </ul>
      <Value of={topics}>
        {(list) => (
          <>
            {list.length === 0 && <p class="nothing">There is no topic yet.</p>}
            {list.map((topic) => (
              <Topic key={topic.name} topic={topic} brokers={brokers} />
            ))}
          </>
        )}
      </Value>
    </section>
  );
}

/** In namespaces mode it is in a network that no browser gets to. */
function Ambari({ url }: { url: string }) {
  if (new URL(url).hostname.startsWith("127.")) {
    return (
      <a href={url} rel="noreferrer">
        Ambari
      </a>
    );
  }
  return (
    <>
      Ambari, at <code>{url}</code> for <code>npm run local -- exec</code>
    </>
  );
}

function Broker({ broker: { address, id, state, reason, isController } }: { broker: BrokerView }) {
  return (
    <li class={`broker ${state}`}>
      <p>
        <b>{id ?? "broker"}</b> {isController && <span class="controller">controller</span>}
      </p>
      <code>{address}</code>
      <Badge mood={brokerMood[state]}>{brokerWord[state]}</Badge>
      {reason && <span class="reason">{reason}</span>}
    </li>
  );
}

/** Which broker has which partition: a row for each partition, a column for each broker. */
function Topic({ topic, brokers }: { topic: TopicView; brokers: BrokerView[] }) {
  const ids = columnsOf(topic, brokers);
  return (
    <div class="topic">
      <Scroll name={`Partitions of topic ${topic.name}`}>
        <table>
          <caption>
            Topic <b>{topic.name}</b>
            <span class="numbers">
              <Value of={topic.rate}>{(value) => `${rate(value)} in`}</Value>,{" "}
              <Value of={topic.total}>{(value) => `${whole(value)} so far`}</Value>
            </span>
          </caption>
          <thead>
            <tr>
              <th scope="col">Partition</th>
              {ids.map((id) => (
                <th scope="col" key={id}>
                  <span class="unseen">Broker </span>
                  {id}
                </th>
              ))}
              <th scope="col">State</th>
            </tr>
          </thead>
          <tbody>
            {topic.partitions.map((partition) => (
              <tr key={partition.id} class={isUnderReplicated(partition) ? "troubled" : ""}>
                <th scope="row">{partition.id}</th>
                {ids.map((id) => (
                  <Replica key={id} partition={partition} broker={id} />
                ))}
                <td>{stateOf(partition)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      <p class="legend" aria-hidden="true">
        <span class="mark leader">L</span> leader <span class="mark replica" /> replica in sync{" "}
        <span class="mark behind">✕</span> replica not in sync
      </p>
    </div>
  );
}

/** Every broker that is known or has a replica, also one that is gone. */
function columnsOf({ partitions }: TopicView, brokers: BrokerView[]): number[] {
  const known = brokers.flatMap(({ id }) => (id === null ? [] : [id]));
  return [...new Set([...known, ...partitions.flatMap(({ replicas }) => replicas)])].sort((a, b) => a - b);
}

function Replica({ partition: { leader, replicas, inSync }, broker }: { partition: PartitionView; broker: number }) {
  if (!replicas.includes(broker)) {
    return (
      <td>
        <span class="unseen">none</span>
      </td>
    );
  }
  const [kind, word] =
    leader === broker
      ? ["leader", "leader"]
      : inSync.includes(broker)
        ? ["replica", "in sync"]
        : ["behind", "not in sync"];
  return (
    <td>
      <span class={`mark ${kind}`} title={word}>
        <span class="unseen">{word}</span>
        <span aria-hidden="true">{kind === "leader" ? "L" : kind === "behind" ? "✕" : ""}</span>
      </span>
    </td>
  );
}

function stateOf(partition: PartitionView) {
  if (isLeaderless(partition)) return <Badge mood="bad">no leader</Badge>;
  const { inSync, replicas } = partition;
  if (isUnderReplicated(partition))
    return <Badge mood="busy">{`${inSync.length} of ${replicas.length} in sync`}</Badge>;
  return <Badge mood="good">in sync</Badge>;
}
