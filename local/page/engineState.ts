import { readdirSync, readFileSync, statSync } from "node:fs";
import * as path from "node:path";
import { z } from "zod";
import { ifThere } from "../files";
import { wire } from "../plugins/rpc/wire";
import { stackName } from "../stack/configuration";
import type { StackView } from "./model";

const resource = z.looseObject({
  urn: z.string(),
  type: z.string(),
  parent: z.string().optional(),
  outputs: z.record(z.string(), z.unknown()).default({}),
});
const file = z.object({
  checkpoint: z.object({
    latest: z.object({ manifest: z.object({ time: z.string() }), resources: z.array(resource).nullish() }).nullish(),
  }),
});

/** A resource as the engine keeps it, with `[secret]` in place of every secret. */
export type StateResource = z.infer<typeof resource>;

export interface EngineState {
  updatedAt: string;
  resources: StateResource[];
}

/**
 * The engine's state of the local stack, as it lies in the twin's home. Read from the file, since the CLI takes a second
 * to export what the page looks at every two; read anew only when it has changed.
 */
export class EngineStateReader {
  private version = "";
  private state: EngineState | undefined;

  constructor(private readonly home: string) {}

  /** Throws with the reason when there is none, or none that can be read. */
  read(): EngineState {
    const at = this.find();
    const { mtimeMs, size } = statSync(at);
    const version = `${at} ${mtimeMs} ${size}`;
    if (this.state && version === this.version) return this.state;
    const { latest } = file.parse(JSON.parse(readFileSync(at, "utf8"))).checkpoint;
    // Only the resources: beside them a state has the salt that its secrets are encrypted with.
    const resources = (withoutSecrets(latest?.resources ?? []) as StateResource[]).filter(
      ({ type }) => type !== "pulumi:pulumi:Stack",
    );
    this.state = { updatedAt: latest?.manifest.time ?? new Date(mtimeMs).toISOString(), resources };
    this.version = version;
    return this.state;
  }

  private find(): string {
    const folder = path.join(this.home, "pulumi", ".pulumi", "stacks");
    const name = `${stackName}.json`;
    const found = ifThere(() => readdirSync(folder, { recursive: true, encoding: "utf8" }))?.find(
      (entry) => path.basename(entry) === name,
    );
    if (!found) throw new Error("the stack was never deployed here: `npm run local -- up`");
    return path.join(folder, found);
  }
}

export function stackView({ updatedAt, resources }: EngineState): StackView {
  return {
    name: stackName,
    updatedAt,
    resources: resources.map(({ urn, type, parent }) => ({
      urn,
      type,
      name: nameOf(urn),
      ...(parent && !parent.includes("::pulumi:pulumi:Stack::") && { parent }),
    })),
  };
}

/** The name that a resource has in the program. */
export function nameOf(urn: string): string {
  return urn.split("::").slice(3).join("::");
}

function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value);
  if (entries.some(([key, mark]) => key === wire.signature && mark === wire.secret)) return "[secret]";
  return Object.fromEntries(entries.map(([key, item]) => [key, withoutSecrets(item)]));
}
