import { utils } from "ssh2";
import { badRequest } from "../errors";
import type { ClusterBody, Role } from "./schema";

/** What HDInsight checks in the document itself, before it looks at any other resource. Every problem is reported. */
export function checkDocument(name: string, { properties }: ClusterBody): void {
  const roles = properties.computeProfile.roles;
  const gateway = properties.clusterDefinition.configurations.gateway ?? {};
  const sshUser = role(roles, "headnode")?.osProfile.linuxOperatingSystemProfile.username ?? "";
  const problems = [
    ...versionProblems(properties),
    ...configurationProblems(Object.keys(properties.clusterDefinition.configurations)),
    ...gatewayProblems(gateway, sshUser),
    ...roleProblems(roles),
    ...roles.flatMap((one) => loginProblems(one, name)),
  ];
  if (problems.length === 0) return;
  throw badRequest(
    "InvalidDocumentErrorCode",
    `DeploymentDocument 'CsmDocument_2_0' failed the validation. Error: '${problems.join(", ")}'`,
  );
}

export function role(roles: readonly Role[], name: string): Role | undefined {
  return roles.find((candidate) => candidate.name.toLowerCase() === name);
}

function versionProblems(properties: ClusterBody["properties"]): string[] {
  const { clusterVersion, clusterDefinition, osType, tier, securityProfile, kafkaRestProperties } = properties;
  const kafka = clusterDefinition.componentVersion?.Kafka ?? "3.2";
  const is = (value: string, wanted: string) => value.toLowerCase() === wanted;
  const problems: string[] = [];
  if (/^[34]\.|^5\.0/.test(clusterVersion)) {
    problems.push(`HDI Version '${clusterVersion}' is retired and cannot be created any more; use '5.1'`);
  } else if (clusterVersion !== "5.1") {
    problems.push(`HDI Version '${clusterVersion}' is not supported; use '5.1'`);
  }
  if (!is(clusterDefinition.kind, "kafka")) {
    problems.push(`the local twin runs clusters of kind 'Kafka' only, not '${clusterDefinition.kind}'`);
  } else if (kafka !== "3.2") {
    problems.push(
      `HDI Version '5.1' is not supported for clusterType 'kafka' and componentVersion '${kafka}': ` +
        "componentVersion.Kafka is major.minor, '3.2'",
    );
  }
  if (!is(osType, "linux")) problems.push(`osType '${osType}' is not supported; it must be 'Linux'`);
  if (!is(tier, "standard") || securityProfile)
    problems.push("the Enterprise Security Package is retired: tier must be 'Standard', without securityProfile");
  if (kafkaRestProperties) problems.push("the local twin has no Kafka REST proxy: leave kafkaRestProperties out");
  return problems;
}

/** `kafka-env` in particular is no creation-time configuration: brokers get it through Ambari. */
function configurationProblems(types: readonly string[]): string[] {
  return types
    .filter((type) => type !== "gateway" && type !== "kafka-broker")
    .map((type) => `configuration type '${type}' is not supported at creation; use 'gateway' and 'kafka-broker'`);
}

export function gatewayProblems(gateway: Record<string, string>, sshUser: string): string[] {
  const username = gateway["restAuthCredential.username"] ?? "";
  const password = gateway["restAuthCredential.password"] ?? "";
  if (gateway["restAuthCredential.isEnabled"]?.toLowerCase() !== "true") {
    return ["restAuthCredential.isEnabled must be true: the local twin has no Entra ID users for the gateway"];
  }
  if (!/^[A-Za-z][A-Za-z0-9]{0,19}$/.test(username)) {
    return [`restAuthCredential.username '${username}' must be 1 to 20 letters and digits, starting with a letter`];
  }
  return passwordProblems(password, [username, sshUser]);
}

function passwordProblems(password: string, names: string[]): string[] {
  const classes = [/\d/, /[A-Z]/, /[a-z]/, /[^A-Za-z0-9]/];
  if (password.length < 10 || !classes.every((one) => one.test(password)) || /['"`\\\].]/.test(password)) {
    return [
      "restAuthCredential.password must have at least 10 characters with a digit, an upper-case letter, a lower-case " +
        "letter and another character, none of them ' \" ` \\ ] or .",
    ];
  }
  const lower = password.toLowerCase();
  const shared = names.find((name) => threes(name.toLowerCase()).some((three) => lower.includes(three)));
  return shared
    ? [`restAuthCredential.password must not contain 3 consecutive characters of the name '${shared}'`]
    : [];
}

function threes(name: string): string[] {
  return Array.from({ length: Math.max(0, name.length - 2) }, (_, index) => name.slice(index, index + 3));
}

function roleProblems(roles: readonly Role[]): string[] {
  const problems: string[] = [];
  const counts: Record<string, (count: number) => boolean> = {
    headnode: (count) => count === 2,
    zookeepernode: (count) => count === 3,
    workernode: (count) => count >= 1,
  };
  for (const [name, fits] of Object.entries(counts)) {
    const found = roles.filter((candidate) => candidate.name.toLowerCase() === name);
    const count = found[0]?.targetInstanceCount ?? 0;
    if (found.length !== 1) problems.push(`role '${name}' must be given once, not ${found.length} times`);
    else if (!fits(count)) {
      const needed = { headnode: "2", zookeepernode: "3", workernode: "at least 1" }[name];
      problems.push(`role '${name}' has ${count} instances and needs ${needed}`);
    }
  }
  for (const { name, hardwareProfile, dataDisksGroups, scriptActions } of roles) {
    const isWorker = name.toLowerCase() === "workernode";
    const disks = dataDisksGroups?.[0]?.disksPerNode;
    if (!counts[name.toLowerCase()]) problems.push(`role '${name}' is not known to the local twin`);
    if (!isRunnable(hardwareProfile.vmSize)) {
      problems.push(
        `VM size '${hardwareProfile.vmSize}' provided in the CSM document is invalid or not supported for role '${name}'` +
          (isRetired(hardwareProfile.vmSize) ? ": Dv2 and Av1 are retired, use for example Standard_E4ads_v5" : ""),
      );
    }
    if (isWorker && (disks === undefined || disks < 1 || disks > 16)) {
      problems.push(`role 'workernode' needs dataDisksGroups with disksPerNode from 1 to 16, not ${disks ?? "none"}`);
    }
    if (!isWorker && dataDisksGroups?.length) problems.push(`role '${name}' cannot have data disks: only workers can`);
    if (scriptActions?.length) problems.push(`the local twin runs no script actions: see role '${name}'`);
  }
  return problems;
}

/** Dv2 is not to be had since March 2026, the first A series and the sizes without a prefix since 2024. */
function isRetired(size: string): boolean {
  return /^standard_ds?\d+_v2|^standard_a\d+$|^basic_a\d+$|^(small|medium|large|extralarge|a\d+)$/i.test(size);
}

/** Azure's list of sizes grows all the time: only the form is checked. */
function isRunnable(size: string): boolean {
  return /^standard_[a-z]+\d+[a-z]*(-\d+[a-z]*)?(_v\d+)?$/i.test(size) && !isRetired(size);
}

function loginProblems({ name, osProfile }: Role, cluster: string): string[] {
  const { username, password, sshProfile } = osProfile.linuxOperatingSystemProfile;
  const keys = sshProfile?.publicKeys ?? [];
  const problems: string[] = [];
  if (!password && keys.length === 0)
    problems.push(`Both 'password' and 'sshProfile' cannot be null: see role '${name}'`);
  if (!/^[a-z][a-z0-9-]{0,30}$/.test(username) || username === "admin") {
    problems.push(
      `SSH user '${username}' of role '${name}' must be lower-case letters, digits and '-', and not 'admin'`,
    );
  }
  if (password && (password.length < 6 || password.length > 72)) {
    problems.push(`the SSH password of role '${name}' must have 6 to 72 characters`);
  }
  for (const { certificateData } of keys) {
    const parsed = utils.parseKey(certificateData);
    if (
      parsed instanceof Error ||
      !/^\S+ \S+/.test(certificateData.trim()) ||
      certificateData.includes("PRIVATE KEY")
    ) {
      problems.push(
        `the SSH key of role '${name}' in cluster '${cluster}' must be an OpenSSH public key ("ssh-ed25519 AAAA...")`,
      );
    }
  }
  return problems;
}
