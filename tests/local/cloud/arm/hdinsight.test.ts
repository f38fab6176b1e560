import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ClusterPlace, cluster, placeForClusters } from "./clusters";
import { password, sshKey } from "./samples";
import { group, type Json, location, provider, type TestArm } from "./twin";

let arm: TestArm;
let network: ClusterPlace["network"];
let key: string;
let clusterBody: ClusterPlace["clusterBody"];
beforeAll(async () => {
  ({ arm, network, key, clusterBody } = await placeForClusters());
});
afterAll(() => arm.stop());

describe("a cluster", () => {
  it("starts InProgress, gets addresses in Azure's order, and reports where its gateway and SSH are", async () => {
    const response = await arm.put(cluster("first"), clusterBody());
    expect(response.body.properties).toMatchObject({ provisioningState: "InProgress", clusterState: "Accepted" });
    await arm.finish(response);
    expect(arm.kafka.specs.at(-1)).toEqual({
      name: "first",
      network: expect.stringMatching(/\/virtualNetworks\/[^/]+$/),
      publicAddress: "203.0.113.11",
      heads: ["10.0.0.4", "10.0.0.5"],
      zookeepers: ["10.0.0.6", "10.0.0.7", "10.0.0.8"],
      workers: ["10.0.0.9", "10.0.0.10", "10.0.0.11"],
      gateway: { username: "admin", password },
      ssh: { username: "sshuser", publicKeys: [sshKey] },
      brokerConfig: { "auto.create.topics.enable": "false", "num.partitions": "4" },
    });
    const { properties } = (await arm.get(cluster("first"))).body;
    expect(properties).toMatchObject({
      provisioningState: "Succeeded",
      clusterState: "Running",
      connectivityEndpoints: [
        { name: "SSH", location: "127.0.0.4", port: 2222 },
        { name: "HTTPS", location: "127.0.0.4", port: 8443 },
      ],
    });
    expect(properties.clusterVersion).toMatch(/^5\.1\./);
    const containers = `${provider("Storage")}/storageAccounts/store/blobServices/default/containers`;
    expect((await arm.get(`${containers}/kafka`)).status).toBe(200);
  });

  it("never shows passwords, keys or configurations", async () => {
    const body = clusterBody((edited) => {
      for (const { osProfile } of edited.properties.computeProfile.roles) {
        osProfile.linuxOperatingSystemProfile.password = "Ssh-Secret-1";
      }
    });
    const answers = [await arm.put(cluster("secret"), body)];
    await arm.finish(answers[0] as never);
    answers.push(await arm.get(cluster("secret")), await arm.get(`${provider("HDInsight")}/clusters`));
    const text = JSON.stringify(answers.map((answer) => answer.body));
    for (const hidden of [password, key, "Ssh-Secret-1", sshKey, "num.partitions"]) expect(text).not.toContain(hidden);
    expect(text).toContain("sshuser");
    await arm.destroy(cluster("secret"));
  });

  it("takes tags from a later PUT and leaves everything else, as HDInsight does", async () => {
    await arm.create(cluster("steady"), clusterBody());
    const started = arm.kafka.specs.length;
    const response = await arm.put(
      cluster("steady"),
      clusterBody((body) => {
        body.tags = { owner: "me" };
        body.identity = { type: "UserAssigned", userAssignedIdentities: {} };
        body.properties.computeProfile.roles[1].targetInstanceCount = 9;
        body.properties.computeProfile.roles[1].hardwareProfile.vmSize = "Standard_E8ads_v5";
      }),
    );
    expect(response).toMatchObject({ status: 200, body: { tags: { owner: "me" } } });
    expect(response.body.properties.provisioningState).toBe("Succeeded");
    const worker = (await arm.get(cluster("steady"))).body.properties.computeProfile.roles[1];
    expect(worker).toMatchObject({ targetInstanceCount: 3, hardwareProfile: { vmSize: "standard_e4ads_v5" } });
    expect((await arm.get(cluster("steady"))).body).not.toHaveProperty("identity");
    expect(arm.kafka.specs).toHaveLength(started);
    expect((await arm.patch(cluster("steady"), { tags: { owner: "you" } })).body.tags).toEqual({ owner: "you" });
    expect((await arm.patch(cluster("steady"), { properties: {} })).status).toBe(400);
    await arm.destroy(cluster("steady"));
    expect(arm.kafka.get("steady")).toBeUndefined();
  });

  it("takes addresses that no other cluster in the subnet has, and gives them back", async () => {
    await arm.create(cluster("second"), clusterBody());
    expect(arm.kafka.specs.at(-1)?.heads).toEqual(["10.0.0.12", "10.0.0.13"]);
    await arm.destroy(cluster("second"));
    await arm.create(cluster("third"), clusterBody());
    expect(arm.kafka.specs.at(-1)?.heads).toEqual(["10.0.0.12", "10.0.0.13"]);
    await arm.destroy(cluster("third"));
  });

  it("keeps its subnet, and so the network, from being removed", async () => {
    expect((await arm.delete(network.subnet)).body.error.code).toBe("InUseSubnetCannotBeDeleted");
    expect((await arm.delete(network.vnet)).body.error.code).toBe("InUseSubnetCannotBeDeleted");
    const without = { location, properties: { addressSpace: { addressPrefixes: ["10.0.0.0/16"] } } };
    expect((await arm.put(network.vnet, without)).body.error.code).toBe("InUseSubnetCannotBeDeleted");
    const moved = { properties: { addressPrefix: "10.0.5.0/24" } };
    expect((await arm.put(network.subnet, moved)).body.error.code).toBe("InUsePrefixCannotBeDeleted");
  });

  it("ends in Error when the engine fails, says why, and must be deleted before it is made again", async () => {
    arm.kafka.fail = new Error("127.0.0.9:9092 is taken");
    const response = await arm.put(cluster("broken"), clusterBody());
    await expect(arm.finish(response)).rejects.toThrow("127.0.0.9:9092 is taken");
    arm.kafka.fail = undefined;
    expect((await arm.get(cluster("broken"))).body.properties).toMatchObject({
      provisioningState: "Failed",
      clusterState: "Error",
      errors: [{ message: "127.0.0.9:9092 is taken" }],
    });
    expect((await arm.put(cluster("broken"), clusterBody())).body.error.code).toBe("ClusterInErrorState");
    await arm.destroy(cluster("broken"));
    await arm.create(cluster("broken"), clusterBody());
    await arm.destroy(cluster("broken"));
  });

  it("cannot be deleted while it is made", async () => {
    let open = () => {};
    arm.kafka.gate = new Promise((resolve) => {
      open = resolve;
    });
    const response = await arm.put(cluster("making"), clusterBody());
    expect((await arm.delete(cluster("making"))).body.error.code).toBe("AnotherOperationInProgress");
    open();
    await arm.finish(response);
    await arm.destroy(cluster("making"));
  });
});

describe("a cluster that HDInsight would refuse", () => {
  const definition = "properties.clusterDefinition";
  const gateway = `${definition}.configurations.gateway`;
  const [head, worker, zookeeper] = [0, 1, 2].map((index) => `properties.computeProfile.roles.${index}`);
  const login = `${head}.osProfile.linuxOperatingSystemProfile`;
  const storage = "properties.storageProfile.storageaccounts.0";

  /** Sets what a dotted path leads to; undefined removes it. */
  const edit = (dotted: string, value: unknown) => (body: Json) => {
    // The keys of the gateway's settings contain dots themselves.
    const keys = dotted.replace("restAuthCredential.", "restAuthCredential~").split(".");
    const last = keys.pop()?.replace("~", ".") ?? "";
    const holder = keys.reduce((inside, key) => inside[key], body);
    if (value === undefined) delete holder[last];
    else holder[last] = value;
  };

  it.each<[string, string, unknown]>([
    ["HDI Version '4.0' is retired", "properties.clusterVersion", "4.0"],
    ["HDI Version '5.0' is retired", "properties.clusterVersion", "5.0"],
    ["HDI Version '6.0' is not supported", "properties.clusterVersion", "6.0"],
    ["kind 'Kafka' only", `${definition}.kind`, "spark"],
    ["componentVersion '3.2.0'", `${definition}.componentVersion.Kafka`, "3.2.0"],
    ["osType 'Windows'", "properties.osType", "Windows"],
    ["Enterprise Security Package is retired", "properties.tier", "Premium"],
    ["no Kafka REST proxy", "properties.kafkaRestProperties", {}],
    ["configuration type 'kafka-env'", `${definition}.configurations.kafka-env`, { content: "x" }],
    ["at least 10 characters", `${gateway}.restAuthCredential.password`, "Short1!"],
    ["at least 10 characters", `${gateway}.restAuthCredential.password`, "nouppercase1!"],
    ["at least 10 characters", `${gateway}.restAuthCredential.password`, "Full.stop.1x"],
    ["at least 10 characters", `${gateway}.restAuthCredential.password`, "Back`tick`1x"],
    ["3 consecutive characters of the name 'admin'", `${gateway}.restAuthCredential.password`, "Xadm1n!adminX"],
    ["3 consecutive characters of the name 'sshuser'", `${gateway}.restAuthCredential.password`, "Xsshu!ser1Y"],
    ["restAuthCredential.username '1x'", `${gateway}.restAuthCredential.username`, "1x"],
    ["must be true", `${gateway}.restAuthCredential.isEnabled`, false],
    ["'headnode' has 1 instances and needs 2", `${head}.targetInstanceCount`, 1],
    ["'zookeepernode' has 5 instances and needs 3", `${zookeeper}.targetInstanceCount`, 5],
    ["role 'workernode' must be given once, not 0 times", `${worker}.name`, "edgenode"],
    ["role 'edgenode' is not known", `${worker}.name`, "edgenode"],
    ["needs dataDisksGroups", `${worker}.dataDisksGroups`, undefined],
    ["only workers can", `${head}.dataDisksGroups`, [{ disksPerNode: 1 }]],
    ["no script actions", `${worker}.scriptActions`, [{ name: "a", uri: "https://x" }]],
    ["VM size 'Standard_D3_v2'", `${worker}.hardwareProfile.vmSize`, "Standard_D3_v2"],
    ["VM size 'Standard_DS12_v2'", `${worker}.hardwareProfile.vmSize`, "Standard_DS12_v2"],
    ["VM size 'Large'", `${worker}.hardwareProfile.vmSize`, "Large"],
    ["VM size 'Standard_A5'", `${zookeeper}.hardwareProfile.vmSize`, "Standard_A5"],
    ["Both 'password' and 'sshProfile' cannot be null", `${login}.sshProfile`, undefined],
    ["SSH user 'Root!'", `${login}.username`, "Root!"],
    ["must be an OpenSSH public key", `${login}.sshProfile.publicKeys.0.certificateData`, "nonsense"],
    ["6 to 72 characters", `${login}.password`, "short"],
    ["`properties.computeProfile.roles[0].hardwareProfile`", `${head}.hardwareProfile`, undefined],
    ["Every role needs `virtualNetworkProfile`", `${head}.virtualNetworkProfile`, undefined],
    ["must be in the same virtual network", `${zookeeper}.virtualNetworkProfile.subnet`, "elsewhere"],
    ["needs `key`, or `msiResourceId`", `${storage}.key`, undefined],
    ["`key` is none of its keys", `${storage}.key`, "AAAA"],
    ["no storage account of this name", `${storage}.name`, "gone.blob.core.windows.net"],
    ["NAME.blob.core.windows.net", `${storage}.name`, "store"],
    ["`container` is missing", `${storage}.container`, undefined],
    ["One storage account must have `isDefault: true`", `${storage}.isDefault`, undefined],
  ])("is refused: %s", async (message, dotted, value) => {
    const response = await arm.put(cluster("refused"), clusterBody(edit(dotted, value)));
    expect(response.status).toBe(400);
    expect(response.body.error.message).toContain(message);
    expect(JSON.stringify(response.body)).not.toContain(password);
    expect((await arm.get(cluster("refused"))).status).toBe(404);
  });

  it("is refused with an identity that there is not", async () => {
    const body = clusterBody((edited) => {
      const gone = `${provider("ManagedIdentity")}/userAssignedIdentities/gone`;
      edited.identity = { type: "UserAssigned", userAssignedIdentities: { [gone]: {} } };
    });
    expect((await arm.put(cluster("refused"), body)).body.error.code).toBe("FailedIdentityOperation");
  });

  it("is told all its problems at once", async () => {
    const body = clusterBody((edited) => {
      edited.properties.clusterVersion = "4.0";
      edited.properties.computeProfile.roles[0].targetInstanceCount = 1;
    });
    const { message } = (await arm.put(cluster("refused"), body)).body.error;
    expect(message).toContain("retired");
    expect(message).toContain("needs 2");
  });

  it("is refused for a name that another cluster has, in whatever group", async () => {
    const other = group.replace(/rg$/, "other");
    await arm.put(other, { location });
    const response = await arm.put(cluster("first").replace("/rg/", "/other/"), clusterBody());
    expect(response).toMatchObject({ status: 409, body: { error: { code: "DnsNameNotAvailable" } } });
  });

  it.each([
    ["SubnetHasNoOutboundAccess", "natGateway"],
    ["SubnetHasNoSecurityGroup", "networkSecurityGroup"],
  ])("is refused in a subnet that is not ready: %s", async (code, missing) => {
    const bare = `${provider("Network")}/virtualNetworks/bare`;
    const properties: Json = {
      addressPrefix: "10.40.0.0/24",
      natGateway: { id: network.nat },
      networkSecurityGroup: { id: network.nsg },
    };
    delete properties[missing];
    await arm.create(bare, {
      location,
      properties: { addressSpace: { addressPrefixes: ["10.40.0.0/16"] }, subnets: [{ name: "kafka", properties }] },
    });
    const body = clusterBody((edited) => {
      for (const role of edited.properties.computeProfile.roles)
        role.virtualNetworkProfile = { id: bare, subnet: `${bare}/subnets/kafka` };
    });
    expect((await arm.put(cluster("refused"), body)).body.error.code).toBe(code);
  });

  it.each([
    ["no rule", []],
    ["a rule for another port", [rule(100, { destinationPortRange: "22" })]],
    ["a rule that denies first", [rule(100, { access: "Deny", sourceAddressPrefix: "*" }), rule(200, {})]],
  ])("is refused behind a security group with %s for HDInsight's management", async (_what, securityRules) => {
    const nsg = `${provider("Network")}/networkSecurityGroups/vnet-nsg`;
    const before = (await arm.get(nsg)).body;
    await arm.create(nsg, { location, properties: { securityRules } });
    const response = await arm.put(cluster("refused"), clusterBody());
    await arm.create(nsg, before);
    expect(response.body.error.code).toBe("InboundManagementTrafficBlocked");
  });
});

function rule(priority: number, more: object) {
  return {
    name: `rule-${priority}`,
    properties: {
      protocol: "Tcp",
      access: "Allow",
      direction: "Inbound",
      priority,
      sourceAddressPrefix: "HDInsight",
      sourcePortRange: "*",
      destinationAddressPrefix: "*",
      destinationPortRange: "443",
      ...more,
    },
  };
}

describe("what a PUT cannot change", () => {
  it("is the gateway's login: read and changed by POST", async () => {
    const settings = `${cluster("first")}/getGatewaySettings`;
    expect((await arm.post(settings)).body).toMatchObject({ "restAuthCredential.password": password });
    const wanted = { "restAuthCredential.username": "admin", "restAuthCredential.password": "An0ther!Passw0rd" };
    await arm.finish(await arm.post(`${cluster("first")}/updateGatewaySettings`, wanted));
    expect(arm.kafka.specOf("first").gateway).toEqual({ username: "admin", password: "An0ther!Passw0rd" });
    expect((await arm.post(settings)).body).toMatchObject(wanted);
    const weak = { ...wanted, "restAuthCredential.password": "weak" };
    expect((await arm.post(`${cluster("first")}/updateGatewaySettings`, weak)).status).toBe(400);
  });

  it("is the number of workers: it grows by POST, and never shrinks", async () => {
    const resize = (targetInstanceCount: number) =>
      arm.post(`${cluster("first")}/roles/workernode/resize`, { targetInstanceCount });
    expect((await resize(2)).body.error.code).toBe("ScaleDownNotSupported");
    await arm.finish(await resize(5));
    expect(arm.kafka.specOf("first").workers.slice(3)).toEqual(["10.0.0.12", "10.0.0.13"]);
    const { roles } = (await arm.get(cluster("first"))).body.properties.computeProfile;
    expect(roles[1].targetInstanceCount).toBe(5);
  });
});
