import type { JobView, QueryView } from "../model";
import { runMood } from "./moods";
import { Badge, rate, Scroll, timeOf, Value, whole } from "./text";

export function Job({ job: { name, url, run, log, queries } }: { job: JobView }) {
  return (
    <section class="job" aria-label={`Job ${name}`}>
      <h4>
        {name}
        {run.known && <Badge mood={runMood(run.value)}>{run.value.state}</Badge>}
      </h4>
      <p class="about">
        <Value of={run}>
          {({ id, startedAt, message }) => (
            <>
              Run {id}, since {timeOf(startedAt)}
              {/* What Databricks says of every run that goes on tells nothing. */}
              {message && message !== "In run" && `: ${message}`}
            </>
          )}
        </Value>{" "}
        <a href={url} rel="noreferrer">
          Page in the workspace
        </a>
      </p>
      {queries.length > 0 && <Queries job={name} queries={queries} />}
      <Value of={log}>
        {(lines) => (
          <Scroll name={`The last lines of the log of ${name}`}>
            <pre class="log">{lines.length > 0 ? lines.join("\n") : "nothing but progress"}</pre>
          </Scroll>
        )}
      </Value>
    </section>
  );
}

function Queries({ job, queries }: { job: string; queries: QueryView[] }) {
  return (
    <Scroll name={`Queries of ${job}`}>
      <table class="queries">
        <thead>
          <tr>
            <th scope="col">Query</th>
            <th scope="col">Batch</th>
            <th scope="col">Rows in</th>
            <th scope="col">Lag</th>
            <th scope="col">Since start</th>
          </tr>
        </thead>
        <tbody>
          {queries.map((query) => (
            <tr key={query.name}>
              <th scope="row">{query.name}</th>
              <td>{whole(query.batch)}</td>
              <td>
                <Value of={query.rate}>{rate}</Value>
              </td>
              <td>
                <Value of={query.lag}>{whole}</Value>
              </td>
              <td>{whole(query.rowsSinceStart)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}
