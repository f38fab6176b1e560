import type { Snapshot } from "../model";
import { Announcements } from "./announcements";
import { type Feed, useFeed } from "./feed";
import { Picture } from "./picture";
import { Resources } from "./resources";
import { Tables } from "./tables";
import { timeOf } from "./text";
import { Vitals } from "./vitals";

export function App() {
  const feed = useFeed();
  const { snapshot } = feed;
  return (
    <>
      <a class="skip" href="#content">
        Skip to the picture
      </a>
      <Header feed={feed} />
      <Announcements feed={feed} />
      <main id="content" tabIndex={-1} class={feed.connection === "lost" ? "stale" : ""}>
        {snapshot ? <Content snapshot={snapshot} feed={feed} /> : <p class="first">Looking at the environment …</p>}
      </main>
      <footer>
        <p>
          This page only shows; nothing here changes the environment. In words: <code>npm run local -- status</code>,{" "}
          <code>npm run local -- logs consumer -f</code>. It ends with <code>npm stop</code>.
        </p>
      </footer>
    </>
  );
}

function Content({ snapshot, feed }: { snapshot: Snapshot; feed: Feed }) {
  return (
    <>
      <Vitals snapshot={snapshot} history={feed.history} />
      <Picture snapshot={snapshot} />
      <Tables snapshot={snapshot} />
      <Resources stack={snapshot.stack} />
    </>
  );
}

function Header({ feed: { connection, snapshot } }: { feed: Feed }) {
  const words = {
    connecting: "connecting",
    live: "live",
    lost: "not connected",
  };
  return (
    <header class="head">
      <div class="title">
        <h1>Event streaming, on this machine</h1>
        <p>
          {snapshot ? `Networks as ${snapshot.networkMode}. ` : ""}
          Kafka, Spark and the services around them, looked at every two seconds.
        </p>
      </div>
      <p class={`connection ${connection}`}>
        <span class="dot" aria-hidden="true" />
        {words[connection]}
        {snapshot && <time dateTime={snapshot.at}>{timeOf(snapshot.at)}</time>}
      </p>
      {connection === "lost" && (
        <p class="lost">
          The environment does not answer{snapshot ? `, and what you see is of ${timeOf(snapshot.at)}` : ""}. It is
          tried again every few seconds. When it runs, <code>npm run local -- open</code> gives an address that lets you
          in.
        </p>
      )}
    </header>
  );
}
