import { Kafka, logLevel } from "kafkajs";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { TestKafka } from "../notebooks/kafka";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 240_000 });

let kafka: TestKafka;
beforeAll(async () => {
  kafka = await TestKafka.start();
});
afterAll(() => kafka?.stop());

/** CVE-2025-27819: Kafka before 3.4 logs in to whatever the configuration of a listener says, and anyone may add one. */
it("a broker takes no login module from a stranger, who could have it make Java objects of what a directory answers", async () => {
  const admin = new Kafka({ brokers: [kafka.brokers], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  const { brokers } = await admin.describeCluster();
  const [host] = kafka.brokers.split(":");
  const configuration = {
    listeners: `PLAINTEXT://${kafka.brokers},EVIL://${host}:9099`,
    "advertised.listeners": `PLAINTEXT://${kafka.brokers},EVIL://${host}:9099`,
    "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,EVIL:SASL_PLAINTEXT",
    "listener.name.evil.sasl.enabled.mechanisms": "PLAIN",
    "listener.name.evil.plain.sasl.jaas.config":
      'com.sun.security.auth.module.JndiLoginModule required user.provider.url="ldap://127.0.0.1:1/x";',
  };
  const configEntries = Object.entries(configuration).map(([name, value]) => ({ name, value }));
  const resources = [{ type: 4 /* a broker */, name: String(brokers[0]?.nodeId), configEntries }];
  await expect(admin.alterConfigs({ validateOnly: false, resources })).rejects.toThrow();
  await admin.disconnect();
  expect(kafka.log()).toContain("Password encoder secret not configured");
  // Nobody else is the worse for it.
  await kafka.createTopic("after", 1);
  await kafka.send("after", [{ value: "still here" }]);
  expect(await kafka.size("after")).toBe(1);
});
