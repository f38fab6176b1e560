import { useEffect, useRef, useState } from "preact/hooks";
import type { Snapshot } from "../model";
import type { Feed } from "./feed";
import { brokerWord } from "./moods";

/** Says what has changed, for those who do not see it: states only, since numbers change all the time. */
export function Announcements({ feed: { connection, snapshot } }: { feed: Feed }) {
  const before = useRef<Map<string, string> | undefined>(undefined);
  const [text, setText] = useState("");
  useEffect(() => {
    const now = snapshot ? states(snapshot) : new Map<string, string>();
    if (connection !== "connecting") now.set("The connection to the environment", connection);
    const { current } = before;
    before.current = now;
    if (!current || current.size === 0) return;
    const changes = [...now].filter(([what, state]) => current.get(what) !== state);
    if (changes.length > 0) setText(changes.map(([what, state]) => `${what} is ${state}.`).join(" "));
  }, [connection, snapshot]);
  return (
    <p role="status" class="unseen">
      {text}
    </p>
  );
}

function states({ clusters, networks, jobs }: Snapshot): Map<string, string> {
  const found = new Map<string, string>();
  for (const { brokers } of clusters.known ? clusters.value : []) {
    for (const { address, state } of brokers) found.set(`Broker ${address}`, brokerWord[state]);
  }
  for (const { peerings } of networks.known ? networks.value : []) {
    for (const { name, state } of peerings) found.set(`Peering ${name}`, state);
  }
  for (const { name, run } of jobs.known ? jobs.value : []) {
    found.set(name, run.known ? `${run.value.state}, run ${run.value.id}` : "unknown");
  }
  return found;
}
