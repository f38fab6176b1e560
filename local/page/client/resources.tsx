import { useState } from "preact/hooks";
import type { Known, ResourceView, StackView } from "../model";
import { timeOf, Value } from "./text";

/** What the engine keeps in its state, component by component. */
export function Resources({ stack }: { stack: Known<StackView> }) {
  const [wanted, setWanted] = useState("");
  return (
    <section aria-labelledby="resources">
      <h2 id="resources">Resources</h2>
      <Value of={stack}>
        {({ name, updatedAt, resources }) => {
          const found = matching(resources, wanted);
          return (
            <>
              <div class="filter">
                <label>
                  Name or type
                  <input type="search" value={wanted} onInput={({ currentTarget }) => setWanted(currentTarget.value)} />
                </label>
                <p>
                  {found.length} of {resources.length} resources of stack <b>{name}</b>, as the engine wrote them at{" "}
                  {timeOf(updatedAt)}
                </p>
              </div>
              <div class="groups">
                {groups(found).map(([component, members]) => (
                  <Group key={component} name={component} members={members} searched={wanted.trim() !== ""} />
                ))}
              </div>
            </>
          );
        }}
      </Value>
    </section>
  );
}

/** Closed at first where there is little room, unless somebody looks for something. */
function Group({ name, members, searched }: { name: string; members: ResourceView[]; searched: boolean }) {
  return (
    <details class="group" open={searched || matchMedia("(min-width: 641px)").matches}>
      <summary>
        <h3>{name}</h3> <span class="count">{members.length}</span>
      </summary>
      <ul>
        {members.map(({ urn, name: resource, type }) => (
          <li key={urn}>
            <a href={`resource?urn=${encodeURIComponent(urn)}`} title={`The state of ${resource} as JSON`}>
              {resource}
            </a>
            <code>{type}</code>
          </li>
        ))}
      </ul>
    </details>
  );
}

function matching(resources: ResourceView[], wanted: string): ResourceView[] {
  const text = wanted.trim().toLowerCase();
  return resources.filter(({ name, type }) => `${name} ${type}`.toLowerCase().includes(text));
}

/** Resources by the component at the top of each; those without one, and the providers, together. */
function groups(resources: ResourceView[]): [string, ResourceView[]][] {
  const found = new Map<string, ResourceView[]>();
  for (const resource of resources) {
    const name = resource.type.startsWith("pulumi:providers:") ? "Providers" : topOf(resource);
    found.set(name, [...(found.get(name) ?? []), resource]);
  }
  return [...found].sort(([a], [b]) => a.localeCompare(b));
}

/** A parent's types are in a child's urn, and its name is at the end of the parent's. */
function topOf({ name, type, parent }: ResourceView): string {
  const component = parent?.split("::").slice(3).join("::") ?? (type.startsWith("streaming:") ? name : undefined);
  return component ?? "The stack's own";
}
