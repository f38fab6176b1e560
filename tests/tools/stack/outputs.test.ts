import { describe, expect, it } from "vitest";
import { parseOutputs } from "../../../tools/stack/outputs";

const deployed = {
  kafkaBrokers: ["127.0.0.6:9092"],
  topics: [{ name: "tweets", partitions: 4, replicationFactor: 3, config: { "min.insync.replicas": "2" } }],
  workspaceUrl: "https://127.0.0.1:8443",
  consumerJobUrl: "https://127.0.0.1:8443/#job/1",
  somethingElse: 1,
};

describe("the outputs of a stack", () => {
  it("are taken as they are, without what verification has no use for", () => {
    const { somethingElse, ...used } = deployed;
    expect(parseOutputs(deployed, "dev")).toEqual(used);
  });

  it.each([
    ["of a stack that is not deployed", {}, "`kafkaBrokers`: is not there"],
    ["without the consumer's job", { ...deployed, consumerJobUrl: undefined }, "`consumerJobUrl`: is not there"],
    [
      "with a broker without its port",
      { ...deployed, kafkaBrokers: ["10.0.0.6"] },
      "`kafkaBrokers.0`: must be HOST:PORT",
    ],
    ["that are secret", { ...deployed, workspaceUrl: "[secret]" }, "`workspaceUrl`"],
  ])("%s are refused, with the remedy", (_, outputs, message) => {
    expect(() => parseOutputs(outputs, "dev")).toThrow(message);
    expect(() => parseOutputs(outputs, "dev")).toThrow("`pulumi up --stack dev`");
  });
});
