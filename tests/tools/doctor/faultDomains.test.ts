import { describe, expect, it } from "vitest";
import { faultDomainFinding } from "../../../tools/doctor/faultDomains";

const topic = (name: string, replicationFactor: number, deleted?: boolean) => ({
  ...{ name, partitions: 1, replicationFactor, config: {} },
  ...(deleted && { deleted }),
});

/** Azure whose region has this number of fault domains, as its Resource SKUs list says it; and what it was asked. */
function azure(domains?: string) {
  const asked: unknown[] = [];
  const others = [
    { resourceType: "virtualMachines", name: "Aligned", capabilities: [{ name: "vCPUs", value: "9" }] },
    {
      resourceType: "availabilitySets",
      name: "Classic",
      capabilities: [{ name: "MaximumPlatformFaultDomainCount", value: "9" }],
    },
  ];
  const aligned = {
    resourceType: "availabilitySets",
    name: "Aligned",
    capabilities: [{ name: "MaximumPlatformFaultDomainCount", value: domains }],
  };
  const get = async (...call: unknown[]) => {
    asked.push(call);
    return { value: domains === undefined ? others : [...others, aligned] } as never;
  };
  return { asked, login: { subscription: "s", arm: { get, post: get } } };
}

describe("a region's fault domains", () => {
  const three = { location: "West Europe", kafkaWorkers: 3, topics: [topic("tweets", 3), topic("old", 1, true)] };

  it("are asked of Resource SKUs, for the stack's region alone", async () => {
    const { asked, login } = azure("3");
    await faultDomainFinding(login, three);
    const filter = { $filter: "location eq 'westeurope'" };
    expect(asked).toEqual([["/subscriptions/s/providers/Microsoft.Compute/skus", "2021-07-01", filter]]);
  });

  it.each([
    ["3", 3],
    ["2", 4],
  ])("of which there are %s, are well with a replication factor of %s", async (domains, copies) => {
    const values = { ...three, kafkaWorkers: 4, topics: [topic("tweets", copies)] };
    expect(await faultDomainFinding(azure(domains).login, values)).toEqual({
      subject: "Fault domains",
      level: "ok",
      text: `${domains} in westeurope, for which Microsoft advises replication factor ${copies}`,
    });
  });

  it("of which there are fewer want more copies, and brokers for them: an advice for topics that are not there yet", async () => {
    expect(await faultDomainFinding(azure("2").login, three)).toEqual({
      subject: "Fault domains",
      level: "note",
      text:
        "2 in westeurope, for which Microsoft advises replication factor 4: `tweets` has 3. " +
        "Set it in `streaming:topics` before the first deployment; Kafka keeps that of a topic that is there",
      fix: ["pulumi config set streaming:kafkaWorkers 4   # a copy on each"],
    });
    const enough = await faultDomainFinding(azure("3").login, { ...three, topics: [topic("a", 2), topic("b", 3)] });
    expect(enough).toMatchObject({ level: "note", text: expect.stringContaining("`a` has 2. Set") });
    expect(enough.fix).toBeUndefined();
  });

  it("are unknown where Azure names none, names a number without an advice, or cannot be asked", async () => {
    const none = await faultDomainFinding(azure().login, three);
    expect(none).toMatchObject({ level: "unknown", text: expect.stringContaining("names no number") });
    expect(await faultDomainFinding(azure("1").login, three)).toMatchObject({ level: "unknown" });
    expect(await faultDomainFinding(azure("3").login, {})).toMatchObject({ level: "unknown" });
    const refuse = () => Promise.reject(new Error("403 AuthorizationFailed"));
    const login = { subscription: "s", arm: { get: refuse, post: refuse } };
    expect(await faultDomainFinding(login, three)).toMatchObject({ level: "unknown", text: "403 AuthorizationFailed" });
  });
});
