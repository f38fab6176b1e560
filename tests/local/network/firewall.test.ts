import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ruleset, statements } from "../../../local/network/namespaces/firewall";
import type { SecurityRule } from "../../../local/network/plan";

const space = ["10.0.0.0/16", "10.139.0.0/16"];

function rule(given: Partial<SecurityRule>): SecurityRule {
  return {
    name: "some rule",
    direction: "Inbound",
    access: "Allow",
    priority: 300,
    protocol: "Tcp",
    sources: ["*"],
    sourcePorts: ["*"],
    destinations: ["*"],
    destinationPorts: ["*"],
    ...given,
  };
}

describe("a security rule", () => {
  it.each<[string, Partial<SecurityRule>, string[]]>([
    ["lets in any address", {}, ['meta l4proto tcp accept comment "300 some_rule"']],
    ["is denied silently, as on Azure", { access: "Deny", protocol: "*" }, ['drop comment "300 some_rule"']],
    [
      "means by VirtualNetwork the network and those it trusts",
      { sources: ["VirtualNetwork"], protocol: "*" },
      ['ip saddr { 10.0.0.0/16, 10.139.0.0/16 } accept comment "300 some_rule"'],
    ],
    [
      "means by Internet everything else",
      { direction: "Outbound", destinations: ["Internet"], protocol: "*" },
      ['ip daddr != { 10.0.0.0/16, 10.139.0.0/16, 168.63.129.16/32 } accept comment "300 some_rule"'],
    ],
    [
      "has one statement for each range of ports",
      { sources: ["203.0.113.4/32"], destinationPorts: ["22", "8000-8100"] },
      [
        'ip saddr { 203.0.113.4/32 } meta l4proto tcp th dport 22 accept comment "300 some_rule"',
        'ip saddr { 203.0.113.4/32 } meta l4proto tcp th dport 8000-8100 accept comment "300 some_rule"',
      ],
    ],
    ["of a service that sends nothing here matches nothing", { sources: ["HDInsight"] }, []],
    ["names protocols without ports", { protocol: "Icmp" }, ['meta l4proto icmp accept comment "300 some_rule"']],
    [
      "takes ranges that overlap",
      { sources: ["10.0.0.0/16", "10.0.1.0/24"], protocol: "*" },
      ['ip saddr { 10.0.0.0/16 } accept comment "300 some_rule"'],
    ],
  ])("%s", (_what, given, expected) => {
    expect(statements(rule(given), space)).toEqual(expected);
  });

  it("keeps the order of priorities, whatever the order of the list", () => {
    const priorities = fc.uniqueArray(fc.integer({ min: 100, max: 4096 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(priorities, (all) => {
        const rules = all.map((priority) => rule({ priority, name: `r${priority}` }));
        const subnets = [{ prefixes: ["10.0.0.0/24"], rules }];
        const text = ruleset(
          { id: "n", prefixes: ["10.0.0.0/16"], hosts: [], subnets, gateways: [], names: {}, trusted: [] },
          space,
        );
        const found = [...text.matchAll(/"(\d+) r/g)].map(([, priority]) => Number(priority));
        expect(found).toEqual([...all].sort((a, b) => a - b));
      }),
    );
  });

  it("never lets a name end its comment", () => {
    fc.assert(
      fc.property(fc.string(), (name) => {
        const [text = ""] = statements(rule({ name }), space);
        expect(text).toMatch(/^meta l4proto tcp accept comment "300 [\w.-]*"$/);
      }),
    );
  });
});
