import * as pulumi from "@pulumi/pulumi";
import { beforeAll, describe, expect, it } from "vitest";
import { KafkaCluster } from "../../../components/kafka/cluster";
import { BrokerNames, checkCount } from "../../../components/kafka/names";
import { plain, type Recording, settled } from "../recording";
import { args, record, recorded } from "./support";

describe("a Kafka cluster whose brokers advertise addresses", () => {
  let recording: Recording;
  beforeAll(async () => {
    recording = await recorded();
  });

  it("reads the addresses only after the brokers advertise them, both again for a new cluster", () => {
    const advertise = recording.named("kafka-addresses-advertise").inputs;
    const read = recording.named("kafka-addresses-read").inputs;
    expect(advertise.create).toBe("node --require ts-node/register/transpile-only advertiseIps.ts");
    expect(plain(advertise.triggers)).toEqual(["11f0-22", 3]);
    expect(plain(read.triggers)).toEqual(["11f0-22", 3]);
    expect(recording.before("kafka-addresses-read")).toContain("kafka-addresses-advertise");
  });

  it("is told anew when it changes by a replacement, which a deployment that fails leaves to the next one", () => {
    const { options } = recording.named("kafka-addresses-advertise");
    expect(options).toMatchObject({
      deleteBeforeReplace: true,
      replaceOnChanges: expect.arrayContaining(["environment.KAFKA_ADVERTISE", "environment.KAFKA_BROKER_NAMES"]),
    });
    // A new password tells the brokers nothing.
    expect(options.replaceOnChanges).not.toContain("environment");
    expect(recording.named("kafka-addresses-advertise").inputs.delete).toBeUndefined();
  });

  it("passes the gateway password in the environment, never in the command line", () => {
    const { create, environment } = recording.named("kafka-addresses-advertise").inputs;
    expect(create).not.toMatch(/canary/i);
    expect(plain(environment)).toMatchObject({ AMBARI_PASSWORD: "Canary-Gateway-1!", AMBARI_CLUSTER: "events" });
    // Another variable would run the command again on every stack of a former version.
    expect(Object.keys(plain(environment) as object).filter((key) => !key.startsWith("AMBARI_"))).toEqual([]);
  });
});

describe("a Kafka cluster without IP advertising", () => {
  it("takes back what an earlier deployment told the brokers, by the same command, and reads the addresses", async () => {
    const recording = await recorded({ advertise: "none" });
    const { create, environment } = recording.named("kafka-addresses-advertise").inputs;
    expect(create).toBe("node --require ts-node/register/transpile-only advertiseIps.ts");
    expect(plain(environment)).toMatchObject({ KAFKA_ADVERTISE: "none" });
    expect(recording.before("kafka-addresses-read")).toContain("kafka-addresses-advertise");
  });
});

describe("a Kafka cluster whose brokers advertise names", () => {
  const named = {
    ...args,
    workers: 2,
    names: { zoneName: "kafka.internal", networks: { databricks: "/spark-vnet" } },
  };

  it("has a name for each in a zone that both networks ask, before any broker is told its own", async () => {
    const recording = record();
    const cluster = new KafkaCluster("kafka", named);
    await recording.finished();
    expect(await settled(cluster.bootstrapServers)).toBe("broker-0.kafka.internal:9092,broker-1.kafka.internal:9092");
    const last = recording.named("kafka-addresses-names-broker-1").inputs;
    expect(last).toMatchObject({
      recordType: "A",
      relativeRecordSetName: "broker-1",
      aRecords: [{ ipv4Address: "10.0.0.10" }],
    });
    const linked = ["kafka", "databricks"].map(
      (network) => recording.named(`kafka-addresses-names-${network}-link`).inputs.virtualNetwork,
    );
    expect(linked).toEqual([{ id: "kafka-network-vnet-id" }, { id: "/spark-vnet" }]);
    const { environment } = recording.named("kafka-addresses-advertise").inputs;
    expect(JSON.parse((plain(environment) as Record<string, string>).KAFKA_BROKER_NAMES)).toEqual({
      "10.0.0.9": "broker-0.kafka.internal",
      "10.0.0.10": "broker-1.kafka.internal",
    });
    expect(recording.before("kafka-addresses-advertise")).toEqual(
      expect.arrayContaining(["kafka-addresses-read", "kafka-addresses-names-broker-1"]),
    );
  });

  it("needs the number of brokers as a plain one", async () => {
    const recording = record();
    expect(() => new KafkaCluster("kafka", { ...named, workers: pulumi.output(3) })).toThrow(
      /no plain number of `workers`/,
    );
    await recording.finished();
  });

  it("is refused where brokers are to advertise nothing", async () => {
    const recording = record();
    expect(() => new KafkaCluster("kafka", { ...named, advertise: "none" })).toThrow(
      /`kafka` has `names`.+leave one out/,
    );
    await recording.finished();
  });

  it("stops where there are not as many brokers as names, with both numbers", async () => {
    record();
    const addresses = { resourceGroupName: "rg", zoneName: "kafka.internal", networks: {}, addresses: ["10.0.0.9"] };
    const { names } = new BrokerNames("names", { ...addresses, count: 1 });
    expect(await settled(names)).toEqual(["broker-0.kafka.internal"]);
    expect(() => checkCount(["10.0.0.9", "10.0.0.10"], 3)).toThrow(
      "The cluster has 2 brokers and `workers` is 3: every broker needs a name, so set it to the number that there are.",
    );
  });
});
