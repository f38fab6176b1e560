import { z } from "zod";
import { keyName, type Problem, removeCommand, setCommand, show } from "./problems";

export const defaultZone = "kafka.internal";

/** Azure takes 2 to 34 labels in the name of a private zone. */
export const zoneName = z
  .string()
  .regex(
    /^(?=.{3,200}$)[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?(?:\.[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?){1,33}$/,
    "a domain name of two labels or more in lower case, such as kafka.internal",
  );

/** What `KafkaCluster` is told of advertising: a zone's name when the brokers advertise names in it. */
export function advertisingSettings(values: { kafkaAdvertise: "addresses" | "names" | "none"; kafkaZone?: string }): {
  advertise: "addresses" | "none";
  zoneName?: string;
} {
  const { kafkaAdvertise: advertise, kafkaZone = defaultZone } = values;
  return advertise === "names" ? { advertise: "addresses", zoneName: kafkaZone } : { advertise };
}

/** Names need a network that a zone can be linked to, and a zone is for names. */
export function advertisingProblems(values: {
  kafkaAdvertise?: string;
  kafkaZone?: string;
  databricksNetwork?: string;
}): Problem[] {
  const { kafkaAdvertise: advertise, kafkaZone: zone, databricksNetwork: network } = values;
  const problems: Problem[] = [];
  if (advertise === "names" && network === "managed") {
    problems.push({
      key: keyName("kafkaAdvertise"),
      got: show(advertise),
      needs:
        '`streaming:databricksNetwork` to be "injected": Databricks lets nobody link a private DNS zone to a network that it manages',
      fix: [setCommand("databricksNetwork", "injected")],
    });
  }
  if (zone !== undefined && advertise !== undefined && advertise !== "names") {
    problems.push({
      key: keyName("kafkaZone"),
      got: show(zone),
      needs: `to be left out, because \`streaming:kafkaAdvertise\` is "${advertise}" and this is for "names"`,
      fix: [removeCommand("kafkaZone")],
    });
  }
  return problems;
}
