import * as pulumi from "@pulumi/pulumi";
import { beforeAll, describe, expect, it } from "vitest";
import { load, personal, refusal, secretKeys, withoutEngine } from "./settings/config";
import { refused } from "./settings/refused";

beforeAll(withoutEngine);

const topics = (...list: object[]) =>
  JSON.stringify(list.map((topic) => ({ name: "tweets", partitions: 4, replicationFactor: 3, ...topic })));

describe("a good configuration", () => {
  it("encrypts with a key of one's own, on hosts and between nodes, where that is asked for", () => {
    expect(load().kafka.encryption).toEqual({ diskKey: undefined, atHost: false, inTransit: false });
    const [keyUri, identityId] = [
      "https://my-vault.vault.azure.net/keys/kafka/46ab702136bc4b229f8b10e8c2997fa4",
      "/subscriptions/0f8fad5b-d9cb-469f-a165-70867728950e/resourceGroups/rg/providers/Microsoft.ManagedIdentity/userAssignedIdentities/disks",
    ];
    const { encryption } = load({
      kafkaDiskEncryptionKey: keyUri,
      kafkaDiskEncryptionIdentity: identityId,
      kafkaEncryptionAtHost: "true",
      kafkaEncryptionInTransit: "true",
    }).kafka;
    expect(encryption).toEqual({ diskKey: { keyUri, identityId }, atHost: true, inTransit: true });
  });

  it("has script actions, whose arguments and signed addresses are secret", async () => {
    expect(load().kafka.scriptActions).toEqual([]);
    const action = { name: "tools", uri: "https://example.com/tools.sh", roles: ["headnode"] };
    const signed = { ...action, name: "signed", uri: `${action.uri}?sig=x`, parameters: "a" };
    const [plain, secret] = load({ kafkaScriptActions: JSON.stringify([action, signed]) }).kafka.scriptActions;
    expect(plain).toEqual({ ...action, parameters: undefined });
    for (const value of [secret.uri, secret.parameters])
      expect(await pulumi.isSecret(value as pulumi.Output<string>)).toBe(true);
  });

  it("becomes typed settings with the defaults of the project file", () => {
    const { kafka, ...settings } = load();
    expect(settings).toMatchObject({
      location: "westeurope",
      resourceGroupName: "rg-streaming-dev",
      tags: { project: "streaming", environment: "dev" },
      topics: [{ name: "tweets", partitions: 4, replicationFactor: 3, config: { "min.insync.replicas": "2" } }],
      databricks: { workspaceName: "streaming-dev", managedAddressPrefix: "10.139", authType: "azure-cli" },
      spark: { version: "16.4.x-scala2.12", workers: 2, autoterminationMinutes: 20 },
      pipeline: { topic: "tweets", source: "replay", rate: 20, stopAfter: "never", maxOffsetsPerTrigger: "" },
    });
    expect(kafka).toMatchObject({ workers: 3, disksPerWorker: 2, operatorAddresses: ["203.0.113.7/32"] });
  });

  it("keeps secrets secret", async () => {
    const { kafka, pipeline } = load({ twitterBearerToken: "AAAAAAAAAAtoken" });
    for (const secret of [kafka.gatewayPassword, kafka.sshPrivateKey, pipeline.twitter.bearerToken]) {
      expect(await pulumi.isSecret(secret as pulumi.Output<string>)).toBe(true);
    }
  });

  it("has no bearer token where none is set", () => {
    expect(load().pipeline.twitter.bearerToken).toBeUndefined();
  });

  it("adds the stack's own tags to those of the project", () => {
    expect(load({ tags: '{"owner":"me"}' }).tags).toEqual({ project: "streaming", environment: "dev", owner: "me" });
  });

  it("turns numbers and booleans of YAML into the text that Kafka takes", () => {
    const config = { "retention.ms": 1000, preallocate: true };
    expect(load({ topics: topics({ config }) }).topics[0].config).toEqual({
      "retention.ms": "1000",
      preallocate: "true",
    });
  });

  it("protects what holds data only where it is asked for", () => {
    expect([load().protect, load({ protect: "true" }).protect]).toEqual([false, true]);
  });

  it("has no policy, no group and no alerts unless they are asked for, and the interactive cluster", () => {
    const { databricks, spark, alerts } = load();
    expect(spark).toEqual({ ...spark, interactive: true, limits: undefined });
    expect([databricks.access, alerts]).toEqual([undefined, undefined]);
  });

  it("limits clusters to what the stack itself uses, where a policy names no more", () => {
    const limits = { nodeTypes: ["Standard_D4ds_v5"], maxWorkers: 2, maxAutoterminationMinutes: 20 };
    expect(load({ sparkPolicy: "{}" }).spark.limits).toEqual(limits);
    expect(load({ sparkPolicy: '{"maxWorkers":5}' }).spark.limits).toEqual({ ...limits, maxWorkers: 5 });
  });

  it("knows who gets access, and who is told", () => {
    const changes = { databricksGroup: "Data Engineers", alertEmails: '["a@example.com"]', alertBacklogRecords: "50" };
    const { databricks, alerts, spark } = load({ ...changes, sparkInteractiveCluster: "false" });
    expect(databricks.access).toEqual({ group: "Data Engineers", level: "run" });
    expect(alerts).toEqual({ emails: ["a@example.com"], backlogRecords: 50 });
    expect(spark.interactive).toBe(false);
  });

  it("drops the slash at the end of the X API's address", () => {
    expect(load({ twitterApiUrl: "http://127.0.0.1:8080/" }).pipeline.twitter.apiUrl).toBe("http://127.0.0.1:8080");
  });
});

describe("a bad configuration", () => {
  it.each(refused)("with %s is refused, with the key, the need and the remedy", (_, changes, key, needs, remedy) => {
    const message = refusal(changes);
    expect(message).toContain("1 problem in the configuration of stack dev");
    expect(message).toContain(`\`${key}\`: got `);
    expect(message).toContain(needs);
    expect(message).toMatch(/pulumi config (?:set|rm) .* --stack dev$/m);
    expect(message).toContain(remedy);
  });

  it("is refused with all problems in one error, whatever part of the file they are in", () => {
    const together = ["no region", "workers in words", "a subnet outside", "no gateway password", "an unknown sink"];
    const rows = refused.filter(([name]) => together.includes(name));
    const message = refusal(Object.assign({}, ...rows.map(([, changes]) => changes)));
    expect(message).toContain("5 problems in the configuration of stack dev");
    for (const [, , key, needs] of rows)
      expect(message).toMatch(new RegExp(`\\d\\. \`${key}\`: got .*, needs .*${needs}`));
  });

  it("is a RunError, which the CLI shows without a stack trace", () => {
    expect(() => load({ rate: "fast" })).toThrow(pulumi.RunError);
  });

  it("never shows the value of a secret, not even of one under the wrong key", () => {
    const bad = {
      gatewayPassword: "hunter2hunter2",
      sshPrivateKey: "not-a-key-at-all",
      twitterBearerToken: "a b c d e",
    };
    const message = refusal({ ...bad, sshPublicKey: personal.sshPrivateKey });
    expect(message).toContain("4 problems");
    for (const value of [...Object.values(bad), personal.sshPrivateKey.slice(40, 60)]) {
      expect(message).not.toContain(value);
    }
  });

  it("shows no value that Pulumi keeps encrypted, whatever its key", () => {
    const message = refusal({ databricksUser: "sesame" }, { encrypted: [...secretKeys, "databricksUser"] });
    expect(message).toContain("`streaming:databricksUser`: got a secret (not shown)");
    expect(message).not.toContain("sesame");
  });

  it.each(secretKeys)("with %s in clear text is refused, without showing it", (key) => {
    const value = { ...personal, twitterBearerToken: "AAAAAAAAAAtoken" }[key] as string;
    const message = refusal({ [key]: value }, { encrypted: secretKeys.filter((other) => other !== key) });
    expect(message).toContain(`\`streaming:${key}\`: got a secret in clear text (not shown)`);
    expect(message).not.toContain(value);
  });
});
