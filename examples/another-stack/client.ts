/** Sends a message to the topic and waits until it comes back. It has to run where the brokers can be reached. */
import { randomUUID } from "node:crypto";
import { Kafka } from "kafkajs";

const { bootstrapServers, topic } = process.env;
if (!bootstrapServers || !topic) throw new Error("`bootstrapServers` and `topic` need to be set: see the README.");

async function main(brokers: string[], topic: string): Promise<void> {
  const kafka = new Kafka({ clientId: "another-stack", brokers });
  const message = `hello ${randomUUID()}`;

  const consumer = kafka.consumer({ groupId: `another-stack-${randomUUID()}` });
  const producer = kafka.producer();
  try {
    await Promise.all([consumer.connect(), producer.connect()]);
    await consumer.subscribe({ topic, fromBeginning: true });
    const received = new Promise<void>((resolve) => {
      consumer.run({
        eachMessage: async ({ message: { value } }) => {
          if (value?.toString() === message) resolve();
        },
      });
    });
    await producer.send({ topic, messages: [{ value: message }] });
    await received;
    console.log(`Received from ${topic}: ${message}`);
  } finally {
    await Promise.all([consumer.disconnect(), producer.disconnect()]);
  }
}

main(bootstrapServers.split(","), topic).catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
