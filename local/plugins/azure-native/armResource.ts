import { compare, type Diff } from "../rpc/diff";
import { PartialFailure } from "../rpc/errors";
import type { Call, CheckRequest, CheckResult, DiffRequest, Existing, Resource } from "../rpc/provider";
import { refreshedInputs } from "../rpc/refresh";
import { equal, type Props, pick, UNKNOWN, Unknown, type Value, without } from "../rpc/values";
import { type ArmClient, OperationFailed } from "./armClient";
import { CREATE_BEFORE_DELETE, problems, withName } from "./check";
import { importedInputs, inputsOf, outputsOf, previewOf, requestBody } from "./convert";
import { inputsOfId, resourceId } from "./resourceId";
import { pathInputs, type ResourceSpec } from "./spec";

/** The parts of the provider a resource works with. Getting one may need credentials, so it happens in operations. */
export interface Azure {
  client(): ArmClient;
  subscriptionId(): string;
  /** Location of resources that name none, from the configuration. */
  readonly location: string | undefined;
}

/** One resource type of the tables, as the engine sees it. */
export class ArmResource implements Resource {
  constructor(
    private readonly spec: ResourceSpec,
    private readonly azure: Azure,
  ) {}

  async check(request: CheckRequest, call: Call): Promise<CheckResult> {
    const { spec } = this;
    const inputs: Props = { azureApiVersion: spec.apiVersion, ...withName(spec, request, call.name) };
    if (!("location" in inputs) && spec.inputs.includes("location")) {
      const location = await this.defaultLocation(request, call);
      if (location !== undefined) inputs.location = location;
    }
    return { inputs, failures: problems(spec, inputs) };
  }

  diff({ olds, news, state, ignoreChanges }: DiffRequest): Diff {
    const { spec } = this;
    const changes = compare(olds, news, {
      replaceOn: [...pathInputs(spec.path), ...(spec.replaceOn ?? [])],
      ignore: ignoreChanges,
      same: (path, before, after) => path.length === 1 && path[0] === "location" && sameLocation(before, after),
    });
    for (const change of changes) {
      const key = String(change.path[0]);
      // Saying explicitly what the service had chosen by default changes nothing.
      if (change.kind === "add" && change.path.length === 1 && equal(news[key], state[key])) change.replace = false;
    }
    return { changes, deleteBeforeReplace: olds[CREATE_BEFORE_DELETE] !== true };
  }

  preview(inputs: Props, existing?: Existing): Props {
    const outputs = previewOf(this.spec, inputs);
    // Nothing changes these without a replacement, so dependents need not wait for them.
    return existing ? { ...outputs, ...pick(existing.state, ["name", "location"]) } : outputs;
  }

  async create(inputs: Props, call: Call): Promise<{ id: string; state: Props }> {
    const { spec } = this;
    const client = this.azure.client();
    const wanted = resourceId(spec.path, this.azure.subscriptionId(), inputs);
    await client.expectAbsent(wanted, spec.apiVersion, call);
    const unset = Object.fromEntries(this.unsetSubresources(inputs).map((key) => [key, []]));
    const answer = await this.put(wanted, { ...inputs, ...unset }, call);
    const id = typeof answer.id === "string" ? answer.id : wanted;
    return { id, state: await this.readBack(id, answer, call) };
  }

  async read({ id, state, inputs }: Existing, call: Call): Promise<Existing | undefined> {
    const { spec } = this;
    const found = await this.azure.client().find(id, spec.apiVersion, call);
    if (!found) return undefined;
    const outputs = outputsOf(spec, found);
    if (Object.keys(inputs).length === 0) {
      const imported = {
        azureApiVersion: spec.apiVersion,
        ...inputsOfId(spec.path, id),
        ...importedInputs(spec, outputs),
      };
      return { id, state: outputs, inputs: imported };
    }
    // Children that the program manages on their own do not become inputs of their parent.
    const foreign = this.unsetSubresources(inputs);
    const before = without(inputsOf(spec, state), foreign);
    const now = without(inputsOf(spec, outputs), foreign);
    return { id, state: outputs, inputs: refreshedInputs(inputs, before, now) };
  }

  async update(inputs: Props, { id, state }: Existing, call: Call): Promise<Props> {
    const unset = this.unsetSubresources(inputs);
    const kept = unset.length > 0 ? await this.present(id, unset, call) : {};
    const answer = await this.put(id, { ...this.resets(inputs, state), ...inputs, ...kept }, call);
    return this.readBack(id, answer, call);
  }

  async delete({ id }: Existing, call: Call): Promise<void> {
    await this.azure.client().delete(id, this.spec.apiVersion, call);
  }

  /** The location of the last update, of the configuration or of the resource group, in this order. */
  private async defaultLocation({ olds, news }: CheckRequest, call: Call): Promise<Value | undefined> {
    if ("location" in olds) return olds.location;
    if (this.azure.location !== undefined) return this.azure.location;
    const group = news.resourceGroupName;
    if (group instanceof Unknown) return UNKNOWN;
    if (typeof group !== "string") return undefined;
    const id = `/subscriptions/${this.azure.subscriptionId()}/resourceGroups/${encodeURIComponent(group)}`;
    const found = await this.azure.client().find(id, "2020-10-01", call);
    return found?.location;
  }

  private async put(id: string, inputs: Props, call: Call): Promise<Props> {
    const client = this.azure.client();
    try {
      return await client.put(id, this.spec.apiVersion, requestBody(this.spec, inputs), call);
    } catch (error) {
      if (!(error instanceof OperationFailed)) throw error;
      // What exists by now must not be lost from the state, even if it cannot be read.
      const found = await client.find(id, this.spec.apiVersion, call).catch(() => undefined);
      throw new PartialFailure(id, found ? outputsOf(this.spec, found) : {}, error.cause);
    }
  }

  /** What a GET says, which refreshes will be compared with; answers to PUT differ from it in places. */
  private async readBack(id: string, answer: Props, call: Call): Promise<Props> {
    try {
      return outputsOf(this.spec, await this.azure.client().get(id, this.spec.apiVersion, call));
    } catch (error) {
      call.log.warning(`cannot read the resource after it was written: ${(error as Error).message}`);
      return outputsOf(this.spec, answer);
    }
  }

  private unsetSubresources(inputs: Props): string[] {
    return (this.spec.subresources ?? []).filter((key) => !(key in inputs));
  }

  private async present(id: string, keys: readonly string[], call: Call): Promise<Props> {
    const found = await this.azure.client().get(id, this.spec.apiVersion, call);
    return pick(inputsOf(this.spec, outputsOf(this.spec, found)), keys);
  }

  /** Defaults for inputs the program has dropped, where ARM would keep the old value. */
  private resets(inputs: Props, state: Props): Props {
    const dropped = Object.entries(this.spec.resets ?? {}).filter(([key]) => !(key in inputs) && key in state);
    return Object.fromEntries(dropped) as Props;
  }
}

/** Azure takes `West Europe` and `westeurope` for the same place. */
function sameLocation(a: Value, b: Value): boolean {
  const normal = (value: Value): Value => (typeof value === "string" ? value.replace(/ /g, "").toLowerCase() : value);
  return typeof a === "string" && normal(a) === normal(b);
}
