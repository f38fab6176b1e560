import type { ComponentChildren } from "preact";
import type { Snapshot } from "../model";
import { brokerWord } from "./moods";
import { rate, Scroll, Value, whole } from "./text";

/** The picture again, as tables: for a screen reader, and to copy from. */
export function Tables({ snapshot: { networks, clusters, jobs } }: { snapshot: Snapshot }) {
  return (
    <section aria-labelledby="tables">
      <details class="tables">
        <summary>
          <h2 id="tables">The topology as tables</h2>
        </summary>
        <Value of={networks}>
          {(all) => (
            <>
              <Table
                caption="Networks"
                heads={["Network", "Address space"]}
                rows={all.map(({ name, addressSpace }) => [name, addressSpace.join(", ")])}
              />
              <Table
                caption="Halves of peerings"
                heads={["Half", "From", "To", "State"]}
                rows={all.flatMap(({ name, peerings }) =>
                  peerings.map((half) => [half.name, name, half.remote, half.state]),
                )}
              />
            </>
          )}
        </Value>
        <Value of={clusters}>
          {(all) => (
            <>
              <Table
                caption="Brokers"
                heads={["Broker", "Address", "State", "Controller", "Why"]}
                rows={all.flatMap(({ brokers }) =>
                  brokers.map(({ id, address, state, isController, reason }) => [
                    id ?? "unknown",
                    address,
                    brokerWord[state],
                    isController ? "yes" : "no",
                    reason ?? "",
                  ]),
                )}
              />
              {all.map(({ name, topics }) => (
                <Value of={topics} key={name}>
                  {(list) => (
                    <>
                      <Table
                        caption="Topics"
                        heads={["Topic", "Partitions", "Messages in", "Messages so far"]}
                        rows={list.map((topic) => [
                          topic.name,
                          topic.partitions.length,
                          <Value of={topic.rate}>{rate}</Value>,
                          <Value of={topic.total}>{whole}</Value>,
                        ])}
                      />
                      <Table
                        caption="Partitions"
                        heads={["Topic", "Partition", "Leader", "Replicas", "In sync"]}
                        rows={list.flatMap((topic) =>
                          topic.partitions.map(({ id, leader, replicas, inSync }) => [
                            topic.name,
                            id,
                            leader ?? "none",
                            replicas.join(", "),
                            inSync.join(", "),
                          ]),
                        )}
                      />
                    </>
                  )}
                </Value>
              ))}
            </>
          )}
        </Value>
        <Value of={jobs}>
          {(all) => (
            <Table
              caption="Jobs"
              heads={["Job", "Run", "State", "Message"]}
              rows={all.map(({ name, run }) =>
                run.known
                  ? [name, run.value.id, run.value.state, run.value.message]
                  : [name, "none", "unknown", run.reason],
              )}
            />
          )}
        </Value>
      </details>
    </section>
  );
}

interface TableProps {
  caption: string;
  heads: string[];
  rows: ComponentChildren[][];
}

function Table({ caption, heads, rows }: TableProps) {
  return (
    <Scroll name={caption}>
      <table class="plain">
        <caption>{caption}</caption>
        <thead>
          <tr>
            {heads.map((head) => (
              <th scope="col" key={head}>
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(([first, ...others], row) => (
            <tr key={row}>
              <th scope="row">{first}</th>
              {others.map((cell, column) => (
                <td key={column}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}
