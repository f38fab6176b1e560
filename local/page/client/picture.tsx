import type { ComponentChildren } from "preact";
import type { ClusterView, JobView, Known, NetworkView, Snapshot } from "../model";
import { Cluster } from "./cluster";
import { Job } from "./job";
import { peeringMood } from "./moods";
import { lagOf, messagesIn } from "./numbers";
import { Badge, rate, sameId, Value, whole } from "./text";

/** The two networks side by side, what is in each, and what goes between them. */
export function Picture({ snapshot }: { snapshot: Snapshot }) {
  const { networks, clusters, jobs } = snapshot;
  return (
    <section aria-labelledby="picture">
      <h2 id="picture">The topology</h2>
      <Value of={networks}>
        {(all) =>
          all.length === 0 ? (
            <p class="nothing">
              There is no network yet. <code>npm run local -- up</code> deploys the stack.
            </p>
          ) : (
            <Networks all={all} clusters={clusters} jobs={jobs} way={<Way networks={all} snapshot={snapshot} />} />
          )
        }
      </Value>
    </section>
  );
}

interface NetworksProps {
  all: NetworkView[];
  clusters: Known<ClusterView[]>;
  jobs: Known<JobView[]>;
  way: ComponentChildren;
}

function Networks({ all, clusters, jobs, way }: NetworksProps) {
  const spark = all.filter(({ hasSpark }) => hasSpark);
  const others = all.filter(({ hasSpark }) => !hasSpark);
  return (
    <div class="topology">
      {spark.map((network) => (
        <Network key={network.id} network={network} holds="Spark">
          <Jobs jobs={jobs} />
        </Network>
      ))}
      {spark.length > 0 && others.length > 0 && way}
      {others.map((network) => (
        <Network
          key={network.id}
          network={network}
          holds={clusterIn(network, clusters).length > 0 ? "Kafka" : undefined}
        >
          {clusterIn(network, clusters).map((cluster) => (
            <Cluster key={cluster.name} cluster={cluster} />
          ))}
          {!clusters.known && <Value of={clusters}>{() => null}</Value>}
        </Network>
      ))}
    </div>
  );
}

function clusterIn(network: NetworkView, clusters: Known<ClusterView[]>): ClusterView[] {
  return clusters.known ? clusters.value.filter((cluster) => sameId(cluster.network, network.id)) : [];
}

function Jobs({ jobs }: { jobs: Known<JobView[]> }) {
  return (
    <Value of={jobs}>
      {(list) => (
        <>
          {list.length === 0 && <p class="nothing">There is no job yet.</p>}
          {list.map((job) => (
            <Job key={job.name} job={job} />
          ))}
          <p class="hint">
            Spark's own web UI is switched off here: it asks nobody for a password. Progress and logs are above.
          </p>
        </>
      )}
    </Value>
  );
}

interface NetworkProps {
  network: NetworkView;
  /** What is in it. */
  holds?: string;
  children: ComponentChildren;
}

function Network({ network, holds, children }: NetworkProps) {
  return (
    <article class="network" aria-label={`Virtual network ${network.name}`}>
      <header class="place">
        <h3>
          {holds && <span class="role">{holds}</span>} {network.name}
        </h3>
        <p>
          <span class="unseen">Address space: </span>
          {network.addressSpace.map((range) => (
            <code key={range}>{range}</code>
          ))}
        </p>
      </header>
      {children}
    </article>
  );
}

/** What is between the networks: the messages that go over the peering, and its two halves. */
function Way({ networks, snapshot }: { networks: NetworkView[]; snapshot: Snapshot }) {
  const halves = networks.flatMap(({ name, peerings }) => peerings.map((half) => ({ owner: name, ...half })));
  const open = halves.length > 1 && halves.every(({ state }) => state === "Connected");
  const messages = messagesIn(snapshot);
  const lag = lagOf(snapshot);
  const moves = open && messages !== undefined && messages > 0;
  return (
    <div class="way">
      <h3>Peering</h3>
      <p class="lane">
        {messages === undefined ? "messages" : `${rate(messages)} sent`}
        <Arrow open={open} moves={moves} />
      </p>
      <p class="lane back">
        <Arrow open={open} moves={moves} />
        {lag === undefined ? "read" : `read, ${whole(lag)} behind`}
      </p>
      {halves.length === 0 && <p class="hint">No half is there yet: the networks do not reach each other.</p>}
      <ul>
        {halves.map(({ name, owner, remote, state }) => (
          <li key={owner + name} title={`${name}, from ${owner} to ${remote}`}>
            <Badge mood={peeringMood(state)}>{state}</Badge>
            <span class="half">half of {owner}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

function Arrow({ open, moves }: { open: boolean; moves: boolean }) {
  return (
    <svg class={`arrow ${open ? "open" : "shut"} ${moves ? "moves" : ""}`} viewBox="0 0 160 16" aria-hidden="true">
      <path d="M4 8 H146" />
      <path class="head" d="M146 2 L156 8 L146 14" />
    </svg>
  );
}
