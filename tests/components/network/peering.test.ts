import { describe, expect, it } from "vitest";
import { NetworkPeering } from "../../../components";
import { connectedState } from "../../../components/network/peering";
import { Recording, settled } from "../recording";

describe("a peering", () => {
  it("makes the workspace's half first and points the other at the network which that names", async () => {
    const recording = new Recording({
      outputs: {
        "azure-native:databricks:VNetPeering": () => ({ databricksVirtualNetwork: { id: "/managed/workers-vnet" } }),
        "azure-native:network:VirtualNetworkPeering": () => ({ name: "to-databricks" }),
      },
      calls: {
        "azure-native:databricks:getVNetPeering": () => ({ peeringState: "Connected" }),
        "azure-native:network:getVirtualNetworkPeering": () => ({ peeringState: "Connected" }),
      },
    });
    const peering = new NetworkPeering("peering", {
      resourceGroupName: "rg",
      workspaceName: "streams",
      virtualNetwork: { id: "/kafka-vnet", name: "kafka-vnet" },
    });
    expect(await settled(peering.state)).toBe("Connected");
    expect(recording.resources.map((r) => r.name)).toEqual([
      "peering",
      "peering-from-databricks",
      "peering-to-databricks",
    ]);
    expect(recording.named("peering-from-databricks").inputs.remoteVirtualNetwork).toEqual({ id: "/kafka-vnet" });
    expect(recording.named("peering-to-databricks").inputs).toMatchObject({
      virtualNetworkName: "kafka-vnet",
      remoteVirtualNetwork: { id: "/managed/workers-vnet" },
    });
  });

  it("of a workspace in a network of one's own is an ordinary one on both sides, each in its network's group", async () => {
    const asked: unknown[] = [];
    const recording = new Recording({
      outputs: {
        "azure-native:network:VirtualNetworkPeering": ({ virtualNetworkPeeringName }) => ({
          name: virtualNetworkPeeringName,
        }),
      },
      calls: {
        "azure-native:network:getVirtualNetworkPeering": (inputs) => {
          asked.push(inputs);
          return { peeringState: "Connected" };
        },
      },
    });
    const peering = new NetworkPeering("peering", {
      resourceGroupName: "rg",
      databricksNetwork: { id: "/spark-vnet", name: "spark-vnet", resourceGroupName: "hub" },
      virtualNetwork: { id: "/kafka-vnet", name: "kafka-vnet" },
    });
    expect(await settled(peering.state)).toBe("Connected");
    const halves = [
      ["hub", "spark-vnet", "to-kafka", "/kafka-vnet"],
      ["rg", "kafka-vnet", "to-databricks", "/spark-vnet"],
    ].map(([resourceGroupName, virtualNetworkName, virtualNetworkPeeringName, id]) => ({
      half: { resourceGroupName, virtualNetworkName, virtualNetworkPeeringName },
      id,
    }));
    expect(asked).toEqual(expect.arrayContaining(halves.map(({ half }) => half)));
    const made = recording.resources.filter(({ type }) => type.endsWith(":VirtualNetworkPeering"));
    expect(made.map(({ inputs }) => inputs)).toEqual(
      halves.map(({ half, id }) => ({ ...half, remoteVirtualNetwork: { id }, allowVirtualNetworkAccess: true })),
    );
    for (const { options } of made) {
      expect(options).toMatchObject({ deleteBeforeReplace: true, replaceOnChanges: ["remoteVirtualNetwork"] });
    }
  });

  it("is refused without Databricks' side, and with two", () => {
    new Recording();
    const args = { resourceGroupName: "rg", virtualNetwork: { id: "/kafka-vnet", name: "kafka-vnet" } };
    const both = { workspaceName: "streams", databricksNetwork: { id: "/spark-vnet", name: "spark-vnet" } };
    for (const side of [{}, both]) {
      expect(() => new NetworkPeering("p", { ...args, ...side })).toThrow(/`p` needs one of the two: `workspaceName`/);
    }
  });

  const states =
    (...list: string[]) =>
    async () => ({ peeringState: list.length > 1 ? list.shift() : list[0] });
  const quick = { retries: 2, minTimeout: 1, maxTimeout: 1 };

  it("waits until Azure has noticed that both halves are there", async () => {
    expect(await connectedState(states("Initiated", "Connected"), states("Connected"), quick)).toBe("Connected");
  });

  it("fails with the state of both halves when they do not connect", async () => {
    await expect(connectedState(states("Initiated"), states("Disconnected"), quick)).rejects.toThrow(
      /from Databricks is `Initiated`, the one to Databricks is `Disconnected`/,
    );
  });
});
