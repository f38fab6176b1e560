import type { ComponentChildren } from "preact";
import type { Snapshot } from "../model";

import { isLeaderless, peeringMood, runMood, troubled } from "./moods";
import { lagOf, messagesIn, secondsSinceBatch } from "./numbers";
import { Badge, duration, type Mood, rate, whole } from "./text";

/** The few numbers that tell whether all is well. */
export function Vitals({ snapshot, history }: { snapshot: Snapshot; history: (number | undefined)[] }) {
  return (
    <section aria-labelledby="vitals" class="vitals">
      <h2 id="vitals" class="unseen">
        At a glance
      </h2>
      <dl>
        <Messages snapshot={snapshot} history={history} />
        <Lag snapshot={snapshot} />
        <Brokers snapshot={snapshot} />
        <Partitions snapshot={snapshot} />
        <Peering snapshot={snapshot} />
        <Jobs snapshot={snapshot} />
      </dl>
    </section>
  );
}

interface VitalProps {
  name: string;
  value: string | undefined;
  mood?: Mood;
  children?: ComponentChildren;
}

function Vital({ name, value, mood, children }: VitalProps) {
  return (
    <div class={`vital ${value === undefined ? "unknown" : (mood ?? "")}`}>
      <dt>{name}</dt>
      <dd class="value">{value ?? "unknown"}</dd>
      <dd class="more">{children}</dd>
    </div>
  );
}

function Messages({ snapshot, history }: { snapshot: Snapshot; history: (number | undefined)[] }) {
  const now = messagesIn(snapshot);
  return (
    <Vital name="Messages in" value={now === undefined ? undefined : rate(now)}>
      {now === undefined ? <Why of={reasonOfRate(snapshot)} /> : <Sparkline values={history} />}
    </Vital>
  );
}

function reasonOfRate({ clusters }: Snapshot): string {
  if (!clusters.known) return clusters.reason;
  if (clusters.value.length === 0) return "there is no Kafka cluster";
  for (const { topics } of clusters.value) {
    if (!topics.known) return topics.reason;
    for (const one of topics.value) if (!one.rate.known) return one.rate.reason;
  }
  return "";
}

function Why({ of }: { of: string }) {
  return <span class="reason">{of}</span>;
}

function Sparkline({ values }: { values: (number | undefined)[] }) {
  const known = values.filter((value) => value !== undefined);
  const most = Math.max(1, ...known);
  const width = 100;
  const height = 20;
  const x = (index: number) => width - ((values.length - 1 - index) * width) / 59;
  const points = values
    .map((value, index) =>
      value === undefined ? "" : `${x(index).toFixed(1)},${(height - 1 - (value / most) * (height - 2)).toFixed(1)}`,
    )
    .filter(Boolean);
  return (
    <svg class="sparkline" viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden="true">
      <polyline points={points.join(" ")} />
    </svg>
  );
}

/** A stream that stands still reports nothing: then its last number is old, and says so. */
const oldAfterSeconds = 20;

function Lag({ snapshot }: { snapshot: Snapshot }) {
  const { jobs } = snapshot;
  const name = "Consumer's lag";
  const [lag, seconds] = [lagOf(snapshot), secondsSinceBatch(snapshot)];
  if (lag === undefined || seconds === undefined) {
    const reason = jobs.known ? "no query has reported a batch yet" : jobs.reason;
    return <Vital name={name} value={undefined} children={<Why of={reason} />} />;
  }
  const isOld = seconds > oldAfterSeconds;
  return (
    <Vital name={name} value={whole(lag)} mood={isOld ? "busy" : "good"}>
      {isOld ? <Badge mood="busy">{`no batch for ${duration(seconds)}`}</Badge> : `records, ${duration(seconds)} ago`}
    </Vital>
  );
}

function Brokers({ snapshot: { clusters } }: { snapshot: Snapshot }) {
  if (!clusters.known) return <Vital name="Brokers up" value={undefined} children={<Why of={clusters.reason} />} />;
  const brokers = clusters.value.flatMap((cluster) => cluster.brokers);
  if (brokers.length === 0) return <Vital name="Brokers up" value={undefined} children={<Why of="no cluster yet" />} />;
  const up = brokers.filter(({ state }) => state === "up").length;
  const all = up === brokers.length;
  return (
    <Vital name="Brokers up" value={`${up} of ${brokers.length}`} mood={all ? "good" : "bad"}>
      <Badge mood={all ? "good" : "bad"}>{all ? "all" : `${brokers.length - up} not up`}</Badge>
    </Vital>
  );
}

function Partitions({ snapshot: { clusters } }: { snapshot: Snapshot }) {
  const name = "Partitions in sync";
  if (!clusters.known) return <Vital name={name} value={undefined} children={<Why of={clusters.reason} />} />;
  const unknown = clusters.value.map(({ topics }) => topics).find((topics) => !topics.known);
  if (unknown && !unknown.known) return <Vital name={name} value={undefined} children={<Why of={unknown.reason} />} />;
  const topics = clusters.value.flatMap((cluster) => (cluster.topics.known ? cluster.topics.value : []));
  const all = topics.flatMap(({ partitions }) => partitions);
  if (all.length === 0) return <Vital name={name} value={undefined} children={<Why of="no topic yet" />} />;
  const bad = topics.flatMap(troubled);
  const leaderless = bad.filter(isLeaderless).length;
  const words = leaderless > 0 ? `${leaderless} without a leader` : `${bad.length} under-replicated`;
  const mood = bad.length === 0 ? "good" : leaderless > 0 ? "bad" : "busy";
  return (
    <Vital name={name} value={`${all.length - bad.length} of ${all.length}`} mood={mood}>
      <Badge mood={mood}>{bad.length === 0 ? "all" : words}</Badge>
    </Vital>
  );
}

function Peering({ snapshot: { networks } }: { snapshot: Snapshot }) {
  if (!networks.known) return <Vital name="Peering" value={undefined} children={<Why of={networks.reason} />} />;
  const halves = networks.value.flatMap(({ peerings }) => peerings);
  if (halves.length === 0) return <Vital name="Peering" value="none" mood="busy" children="no half is there yet" />;
  const worst = halves.find(({ state }) => state !== "Connected")?.state ?? "Connected";
  const connected = halves.filter(({ state }) => state === "Connected").length;
  return (
    <Vital name="Peering" value={worst} mood={peeringMood(worst)}>
      {connected} of {halves.length === 1 ? "2" : halves.length} halves connected
    </Vital>
  );
}

function Jobs({ snapshot: { jobs } }: { snapshot: Snapshot }) {
  if (!jobs.known) return <Vital name="Jobs running" value={undefined} children={<Why of={jobs.reason} />} />;
  if (jobs.value.length === 0) return <Vital name="Jobs running" value="none" mood="busy" children="no job yet" />;
  const running = jobs.value.filter(({ run }) => run.known && run.value.state === "RUNNING");
  const bad = jobs.value.filter(({ run }) => run.known && runMood(run.value) === "bad");
  const mood = bad.length > 0 ? "bad" : running.length === jobs.value.length ? "good" : "busy";
  return (
    <Vital name="Jobs running" value={`${running.length} of ${jobs.value.length}`} mood={mood}>
      {jobs.value.map(({ name }) => name.replace(/-job$/, "")).join(", ")}
    </Vital>
  );
}
