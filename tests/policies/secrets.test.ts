import { Secret } from "@pulumi/policy";
import { describe, expect, it } from "vitest";
import { encryptSecrets, markSecrets } from "../../policies/secrets";

const marks = { isSecret: (value: unknown) => value instanceof Secret, mark: (value: string) => new Secret(value) };
const found = (type: string, props: Record<string, unknown>) => markSecrets(type, props, marks).found;

describe("inputs that look like secrets", () => {
  it.each([
    [
      "azure-native:hdinsight:Cluster",
      { properties: { gateway: { "restAuthCredential.password": "x" } } },
      "properties.gateway.restAuthCredential.password",
    ],
    [
      "azure-native:hdinsight:Cluster",
      { properties: { storageProfile: { storageaccounts: [{ key: "x" }] } } },
      "properties.storageProfile.storageaccounts.0.key",
    ],
    ["databricks:index/secret:Secret", { stringValue: "x" }, "stringValue"],
    ["command:remote:Command", { connection: { privateKey: "x" } }, "connection.privateKey"],
    ["command:local:Command", { environment: { BEARER_TOKEN: "x" } }, "environment.BEARER_TOKEN"],
    ["command:local:Command", { create: "echo -----BEGIN OPENSSH PRIVATE KEY-----" }, "create"],
    ["pulumi:providers:databricks", { token: "x" }, "token"],
  ])("of %s are found in %j", (type, props, path) => expect(found(type, props)).toEqual([path]));

  it.each([
    ["azure-native:hdinsight:Cluster", { properties: new Secret({ password: "x" }) }],
    ["databricks:index/secret:Secret", { stringValue: new Secret("x"), key: "bearer-token", scope: "twitter" }],
    ["databricks:index/job:Job", { parameters: { tokenScope: "twitter", secretName: "bearer-token" } }],
    ["databricks:index/cluster:Cluster", { sparkEnvVars: { TOKEN: "{{secrets/twitter/bearer-token}}" } }],
    ["command:local:Command", { environment: { PASSWORD: "" } }],
    ["aws:rds:Instance", { password: "x" }],
  ])("of %s are not seen in %j", (type, props) => expect(found(type, props)).toEqual([]));

  it("get the mark that they lack, and nothing else changes", () => {
    const props = { connection: { host: "h", privateKey: "x" }, triggers: ["1"], environment: new Secret({ A: "b" }) };
    const remedied = encryptSecrets({ type: "command:remote:Command", props } as never) as Record<string, unknown>;
    expect(remedied).toEqual({ ...props, connection: { host: "h", privateKey: new Secret("x") } });
  });

  it("are left to themselves when all of them are marked", () => {
    const props = { connection: new Secret({ privateKey: "x" }) };
    expect(encryptSecrets({ type: "command:remote:Command", props } as never)).toBeUndefined();
  });
});
