import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { Draft } from "../../../tools/newStack/draft";
import { complete, passwordPair, stackText } from "./support";

describe("a stack file in the making", () => {
  it("takes over values with the comments that say why, but not the head of the other file", () => {
    const text = new Draft("test", stackText("prod"), "Made from Pulumi.prod.yaml.").toText("");
    expect(text).toMatch(
      /^# yaml-language-server: \$schema=schemas\/stack\.schema\.json\n# Made from Pulumi\.prod\.yaml\.\n+config:/,
    );
    expect(text).toContain("# One broker more than there are replicas");
    expect(parse(text).config["streaming:kafkaWorkers"]).toBe(4);
    expect(parse(text)).toEqual({ config: parse(stackText("prod")).config });
  });

  it("leaves behind what only one stack can have: its cluster's name, its key, its secrets, and how they are encrypted", () => {
    const base = `encryptionsalt: v1:abc
secretsprovider: passphrase
config:
  azure-native:location: westeurope
  azure-native:clientSecret:
    secure: v1:x
  streaming:kafkaClusterName: theirs
  streaming:sshPublicKey: ssh-ed25519 AAAA
  streaming:gatewayPassword:
    secure: v1:y
  streaming:rate: 20
`;
    expect(parse(new Draft("test", base, "x").toText(""))).toEqual({
      config: { "azure-native:location": "westeurope", "streaming:rate": 20 },
    });
  });

  it("leaves behind a key with a secret somewhere in it, and takes over a tag that is called `secure`", () => {
    const base = `config:
  streaming:tags: { secure: "yes", owner: me }
  streaming:kafkaScriptActions:
    - { name: agent, uri: "https://example.com/a.sh", parameters: { secure: v1:x } }
`;
    expect(parse(new Draft("test", base, "x").toText(""))).toEqual({
      config: { "streaming:tags": { secure: "yes", owner: "me" } },
    });
  });

  it("is encrypted as the new stack is", () => {
    const text = new Draft("test", stackText("dev"), "x").toText("encryptionsalt: v1:new\n");
    expect(parse(text)).toMatchObject({ encryptionsalt: "v1:new", config: { "streaming:kafkaWorkers": 3 } });
  });

  it("knows by the program's own checks what is missing", () => {
    const missing = new Draft("test", stackText("dev"), "x").problems();
    expect(missing.map(({ key, got }) => [key.replace("streaming:", ""), got])).toEqual(
      [
        "kafkaClusterName",
        "gatewayPassword",
        "sshPublicKey",
        "sshPrivateKey",
        "operatorAddresses",
        "databricksUser",
      ].map((key) => [key, "nothing"]),
    );
  });

  it("has no problem once all is set, and keeps secrets out of its text", () => {
    const draft = complete("dev");
    expect(draft.problems()).toEqual([]);
    expect([...draft.encrypt().keys()].sort()).toEqual(["streaming:gatewayPassword", "streaming:sshPrivateKey"]);
    const text = draft.toText("");
    expect(text).not.toContain(passwordPair.gatewayPassword);
    expect(text).not.toContain("PRIVATE KEY");
    expect(parse(text).config["streaming:operatorAddresses"]).toEqual(["203.0.113.7/32", "203.0.113.8/32"]);
  });

  it("takes lists and objects as JSON, and says what is wrong with others", () => {
    const draft = complete("dev");
    draft.set("topics", '[{"name":"a","partitions":2,"replicationFactor":3}]');
    draft.set("alertEmails", "a@example.com, b@example.com");
    expect(draft.problems()).toEqual([]);
    expect(parse(draft.toText("")).config).toMatchObject({
      "streaming:topics": [{ name: "a", partitions: 2, replicationFactor: 3 }],
      "streaming:alertEmails": ["a@example.com", "b@example.com"],
    });
    draft.set("topics", "[{");
    draft.set("kafkaWorkerz", "4");
    expect(draft.problems().map(({ key }) => key)).toEqual(
      expect.arrayContaining(["streaming:topics", "streaming:kafkaWorkerz"]),
    );
  });

  it("sets keys of other namespaces by their whole name", () => {
    const draft = complete("dev");
    draft.set("azure-native:location", "northeurope");
    expect(parse(draft.toText("")).config["azure-native:location"]).toBe("northeurope");
    draft.set("azure-native:location", "");
    expect(draft.problems().map(({ key }) => key)).toEqual(["azure-native:location"]);
  });

  it("starts from every environment in the project", () => {
    for (const stack of ["dev", "prod"] as const) expect(complete(stack).problems()).toEqual([]);
  });
});
