import { useEffect, useState } from "preact/hooks";
import type { Snapshot } from "../model";
import { messagesIn } from "./numbers";

/** How often it is tried again when the server refused, ms. A connection that only broke, the browser renews itself. */
const retryMs = 4_000;

export interface Feed {
  connection: "connecting" | "live" | "lost";
  snapshot?: Snapshot;
  /** Messages a second of the last minutes, oldest first; undefined where it was not known. */
  history: (number | undefined)[];
}

const kept = 60;

/** The server's snapshots, as they come. */
export function useFeed(): Feed {
  const [feed, setFeed] = useState<Feed>({ connection: "connecting", history: [] });
  useEffect(() => {
    let source: EventSource;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const open = () => {
      source = new EventSource("snapshots");
      source.onmessage = ({ data }) => {
        const snapshot = JSON.parse(data) as Snapshot;
        setFeed(({ history }) => ({
          connection: "live",
          snapshot,
          history: [...history, messagesIn(snapshot)].slice(-kept),
        }));
      };
      source.onerror = () => {
        setFeed((before) => ({ ...before, connection: "lost" }));
        if (source.readyState === EventSource.CLOSED) timer = setTimeout(open, retryMs);
      };
    };
    open();
    return () => {
      clearTimeout(timer);
      source.close();
    };
  }, []);
  return feed;
}
