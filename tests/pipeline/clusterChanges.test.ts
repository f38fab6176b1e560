import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { covers, formatPath, type Path, parsePath } from "../../local/plugins/rpc/paths";
import { type EngineEvent, type Step, stepsOf } from "../../tools/diff/events";
import { ControlPlaneStack } from "../local/controlPlaneStack";
import { runEngine } from "../local/events";

type Outcome = "replace" | "update" | "same";
type Inputs = Record<string, unknown>;

/**
 * What a change of each property of the Kafka cluster does. HDInsight's PUT creates: so everything either makes a new
 * cluster, or is left to a call of its own and must not look like a change.
 */
const table: [property: string, outcome: Outcome, why: string][] = [
  ["resourceGroupName", "replace", "a part of the cluster's id"],
  ["clusterName", "replace", "a part of the cluster's id"],
  ["location", "replace", "nothing in Azure moves"],
  ["tags", "same", "PATCH, by KafkaLiveSettings: a PUT would send workers and password of the first day too"],
  ["identity", "replace", "HDInsight cannot change which identities open storage and keys"],
  ["properties.clusterVersion", "replace", "HDInsight upgrades no cluster"],
  ["properties.osType", "replace", "given at creation"],
  ["properties.tier", "replace", "given at creation (x-ms-mutability in the specification)"],
  ["properties.minSupportedTlsVersion", "replace", "given at creation"],
  ["properties.clusterDefinition.kind", "replace", "given at creation"],
  ["properties.clusterDefinition.componentVersion", "replace", "given at creation (x-ms-mutability)"],
  ["properties.clusterDefinition.configurations.gateway", "same", "updateGatewaySettings, by KafkaLiveSettings"],
  ['properties.clusterDefinition.configurations["kafka-broker"]', "same", "Ambari, once the cluster is there"],
  ["properties.storageProfile", "replace", "the default file system is given at creation"],
  ["properties.diskEncryptionProperties", "replace", "another key without rotatediskencryptionkey and a refresh"],
  ["properties.encryptionInTransitProperties", "replace", "given at creation"],
  ["properties.networkProperties", "replace", "given at creation"],
  ["properties.computeProfile.roles[*].name", "replace", "ARM compares roles by their position"],
  ["properties.computeProfile.roles[0].targetInstanceCount", "replace", "resize is for workers"],
  ["properties.computeProfile.roles[1].targetInstanceCount", "same", "resize, by KafkaLiveSettings"],
  ["properties.computeProfile.roles[2].targetInstanceCount", "replace", "resize is for workers"],
  ["properties.computeProfile.roles[*].hardwareProfile", "replace", "HDInsight has no call for VM sizes"],
  ["properties.computeProfile.roles[*].osProfile", "replace", "the SSH login is given at creation"],
  ["properties.computeProfile.roles[*].virtualNetworkProfile", "replace", "nodes do not move"],
  ["properties.computeProfile.roles[*].dataDisksGroups", "replace", "disks cannot be added later"],
];

/** The state of a stack, as `stack export --show-secrets` prints it and `stack import` takes it. */
interface State {
  deployment: { resources: StateResource[] };
}

interface StateResource {
  urn: string;
  inputs: Inputs;
  outputs: Inputs;
  customTimeouts?: Record<string, number>;
}

describe("a change of the Kafka cluster", { timeout: 240_000 }, () => {
  let stack: ControlPlaneStack;
  let deployed: State;
  let paths: Path[];
  let steps: Step[];
  let config: Record<string, unknown>;

  beforeAll(async () => {
    stack = await ControlPlaneStack.start();
    const arm = await stack.arm();
    const groups = `/subscriptions/${stack.environment.ARM_SUBSCRIPTION_ID}/resourceGroups`;
    const identity = `${groups}/keys/providers/Microsoft.ManagedIdentity/userAssignedIdentities/kafka-disks`;
    await arm.put(`${groups}/keys`, { location: "westeurope" });
    await arm.put(identity, { location: "westeurope" });
    config = {
      kafkaAddressSpace: "10.86.0.0/16",
      kafkaSubnetPrefix: "10.86.0.0/24",
      kafkaDiskEncryptionIdentity: identity,
      kafkaDiskEncryptionKey: `https://my-vault.vault.azure.net/keys/kafka/${"1".repeat(32)}`,
      kafkaEncryptionInTransit: "true",
    };
    await stack.done("up", config);
    deployed = await exported();

    // Another past is as good as another future: the program stays as it is, and every property was different before.
    const before = structuredClone(deployed);
    const inputs = cluster(before).inputs;
    const properties = opened(inputs.properties);
    properties.networkProperties = { resourceProviderConnection: "Outbound" };
    const secret = inputs.properties as Inputs;
    inputs.properties = properties;
    paths = [...changedLeaves(inputs)];
    inputs.properties = { ...secret, plaintext: JSON.stringify(properties) };
    await imported(before);
    steps = await clusterSteps(config);
    await imported(deployed);
  }, 240_000);
  afterAll(() => stack?.stop());

  async function exported(): Promise<State> {
    const { stdout } = await stack.pulumi(["stack", "export", "--show-secrets"]);
    return JSON.parse(String(stdout)) as State;
  }
  const imported = (state: State) => stack.pulumi(["stack", "import"], { input: JSON.stringify(state) });
  const named = (state: State, name: string) =>
    state.deployment.resources.find(({ urn }) => urn.endsWith(`::${name}`)) as StateResource;
  const cluster = (state: State) => named(state, "kafka-cluster");

  /** What a preview would do with the cluster. */
  async function clusterSteps(settings: Record<string, unknown>): Promise<Step[]> {
    stack.config = settings;
    const { ok, errors, text } = await runEngine(stack, "preview");
    expect(ok, errors).toBe(true);
    const events = text.split("\n").filter((line) => line.startsWith("{"));
    return stepsOf(events.map((line) => JSON.parse(line) as EngineEvent)).filter(({ urn }) =>
      urn.endsWith("::kafka-cluster"),
    );
  }

  function outcomeOf(path: Path): Outcome {
    const { detailedDiff = {} } = steps.find(({ op }) => op === "replace") as Step;
    const kinds = Object.entries(detailedDiff).filter(([text]) => {
      const changed = parsePath(text);
      return covers(path, changed) || covers(changed, path);
    });
    if (kinds.length === 0) return "same";
    return kinds.every(([, { kind }]) => kind.endsWith("-replace")) ? "replace" : "update";
  }

  it.each(table)("in %s means: %s, because of: %s", (property, outcome) => {
    const pattern = parsePath(property);
    const changed = paths.filter((path) => covers(pattern, path));
    expect(changed.length, "properties of this name that were changed").toBeGreaterThan(0);
    expect(changed.map((path) => [formatPath(path), outcomeOf(path)])).toEqual(
      changed.map((path) => [formatPath(path), outcome]),
    );
  });

  it("is in the table, whatever the property", () => {
    const covered = (path: Path) => table.filter(([property]) => covers(parsePath(property), path)).length;
    expect(paths.filter((path) => covered(path) !== 1).map((path) => formatPath(path))).toEqual([]);
  });

  it("that replaces it deletes the old one first, since its public name can be there only once", () => {
    expect(steps.map(({ op }) => op)).toEqual(["delete-replaced", "replace", "create-replacement"]);
  });

  it("may take as long as Azure needs", () => {
    expect(cluster(deployed).customTimeouts).toEqual({ create: 90 * 60, update: 60 * 60, delete: 60 * 60 });
  });

  it("of workers, login and tags by the configuration leaves the resource alone", async () => {
    const change = { kafkaWorkers: "4", gatewayUser: "operator", tags: { team: "data" } };
    expect(await clusterSteps({ ...config, ...change })).toEqual([expect.objectContaining({ op: "same" })]);
  });

  it("by its name is a replacement, although the names of storage and identity follow", async () => {
    const ops = (await clusterSteps({ ...config, kafkaClusterName: "other-kafka" })).map(({ op }) => op);
    expect(ops).toEqual(["delete-replaced", "replace", "create-replacement"]);
  });

  it("of its subnet's range, which a preview calls an update, is refused by Azure while it is there, and made without it", async () => {
    const moved = { ...config, kafkaAddressSpace: "10.64.0.0/16", kafkaSubnetPrefix: "10.64.0.0/24" };
    expect((await stack.done("preview", moved)).update).toContain("kafka-network-vnet");
    await expect(stack.done("up", moved)).rejects.toThrow("InUsePrefixCannotBeDeleted");
    stack.config = config;
    await stack.run("destroy", ["--target", "**kafka-cluster", "--target-dependents"]);
    const { create = [], update = [] } = await stack.done("up", moved);
    expect(create).toContain("kafka-cluster");
    expect(update).toContain("kafka-network-vnet");
    expect(await stack.outputs()).toMatchObject({ peeringState: "Connected" });
    expect(await stack.done("up", moved)).toEqual({});
  });

  it("to nothing needs no command of what is deleted with it", async () => {
    const state = await exported();
    const commands = ["kafka-live-apply", "kafka-addresses-advertise", "kafka-addresses-read"];
    for (const name of commands) {
      const { inputs, outputs } = named(state, name);
      inputs.delete = outputs.delete = "exit 1";
    }
    await imported(state);
    const { delete: deleted = [] } = await stack.done("destroy", config);
    expect(deleted).toContain("kafka-cluster");
  });
});

/** A secret's value. */
function opened(value: unknown): Inputs {
  return JSON.parse((value as { plaintext: string }).plaintext) as Inputs;
}

/** Gives each leaf another value; where they are. */
function* changedLeaves(inputs: Inputs): Generator<Path> {
  // The provider's own.
  const { azureApiVersion: _own, ...others } = inputs;
  yield* changedBelow(others, [], inputs);
}

function* changedBelow(part: Inputs | unknown[], path: Path, owner: Inputs | unknown[]): Generator<Path> {
  const target = owner as Record<string | number, unknown>;
  for (const [name, value] of Object.entries(part)) {
    const key = Array.isArray(part) ? Number(name) : name;
    const here = [...path, key];
    if (typeof value !== "object" || value === null) {
      target[key] = another(value);
      yield here;
    } else if (Object.keys(value).length === 0) {
      // A name that means something by being there, such as an identity's id.
      delete target[key];
      yield here;
    } else {
      yield* changedBelow(value as Inputs, here, target[key] as Inputs);
    }
  }
}

function another(value: unknown): unknown {
  if (typeof value === "number") return value + 1;
  if (typeof value === "boolean") return !value;
  return `${value}-before`;
}
