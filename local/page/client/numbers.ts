import type { QueryView, Snapshot } from "../model";

/** Messages a second into all topics; undefined when one of them is not known. */
export function messagesIn({ clusters }: Snapshot): number | undefined {
  if (!clusters.known || clusters.value.length === 0) return undefined;
  let sum = 0;
  for (const { topics } of clusters.value) {
    if (!topics.known) return undefined;
    for (const { rate } of topics.value) {
      if (!rate.known) return undefined;
      sum += rate.value;
    }
  }
  return sum;
}

/** The newest progress of all streaming queries. */
function queriesOf({ jobs }: Snapshot): QueryView[] {
  return jobs.known ? jobs.value.flatMap(({ queries }) => queries) : [];
}

/** Records that the query which is furthest behind had still to read; undefined when no query says. */
export function lagOf(snapshot: Snapshot): number | undefined {
  const lags = queriesOf(snapshot).flatMap(({ lag }) => (lag.known ? [lag.value] : []));
  return lags.length === 0 ? undefined : Math.max(...lags);
}

/** Seconds since the newest batch began, at the time of the snapshot; undefined when there was none. */
export function secondsSinceBatch(snapshot: Snapshot): number | undefined {
  const times = queriesOf(snapshot).map(({ at }) => Date.parse(at));
  if (times.length === 0) return undefined;
  return Math.max(0, Math.round((Date.parse(snapshot.at) - Math.max(...times)) / 1000));
}
