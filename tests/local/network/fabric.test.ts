import * as fs from "node:fs";
import * as net from "node:net";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { execa } from "execa";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { NamespaceFabric } from "../../../local/network/namespaces/fabric";
import { type NamespaceTools, namespaceSupport } from "../../../local/network/namespaces/support";
import type { Place } from "../../../local/network/place";
import { type NetworkPlan, operatorAddress, type PlannedNetwork, type SecurityRule } from "../../../local/network/plan";
import { toolPaths } from "../../../local/paths";
import { describeWith } from "../../needs";
import { networkNamespaces, processesNaming } from "../processes";

const support = namespaceSupport(toolPaths());
const impossible = "reason" in support ? support.reason : undefined;

/** A rule as Azure gives it to every group, or one of the user's. */
function rule(name: string, priority: number, given: Partial<SecurityRule>): SecurityRule {
  return {
    name,
    priority,
    direction: "Inbound",
    access: "Allow",
    protocol: "*",
    sources: ["*"],
    sourcePorts: ["*"],
    destinations: ["*"],
    destinationPorts: ["*"],
    ...given,
  };
}

const defaults = [
  rule("AllowVnetInBound", 65000, { sources: ["VirtualNetwork"], destinations: ["VirtualNetwork"] }),
  rule("DenyAllInBound", 65500, { access: "Deny" }),
];

function network(id: string, second: number, more: Partial<PlannedNetwork> = {}): PlannedNetwork {
  const prefix = `10.${second}.0.0/24`;
  return {
    id,
    prefixes: [`10.${second}.0.0/16`],
    hosts: [`10.${second}.0.4`, `10.${second}.0.5`],
    subnets: [{ prefixes: [prefix], rules: defaults }],
    gateways: [],
    names: {},
    trusted: [],
    ...more,
  };
}

/** What a client in a place gets from host:port: the greeting, or the way in which it fails. */
async function ask(from: (command: string[]) => string[], host: string, port: number): Promise<string> {
  const script = `
    const socket = require("net").connect({ host: process.argv[1], port: Number(process.argv[2]) });
    socket.setTimeout(700, () => { console.log("TIMEOUT"); process.exit(); });
    socket.on("data", (data) => { console.log(String(data)); process.exit(); });
    socket.on("error", (error) => { console.log(error.code); process.exit(); });`;
  const [program = "", ...args] = from([process.execPath, "-e", script, host, String(port)]);
  return (await execa(program, args)).stdout;
}

describeWith("namespaces", impossible)("networks as namespaces", {}, () => {
  const modes = process.getuid?.() === 0 ? [true, false] : [true];
  describe.each(modes)("with a user namespace: %s", (userNamespace) => {
    const folder = fs.mkdtempSync(path.join(tmpdir(), "fabric-"));
    const tools: NamespaceTools = { ...(support as NamespaceTools), userNamespace };
    const servers: net.Server[] = [];
    let fabric: NamespaceFabric;
    let before: string[];
    beforeAll(async () => {
      before = networkNamespaces();
      fabric = await NamespaceFabric.open(path.join(folder, "network"), tools);
    });
    afterEach(() => {
      for (const server of servers.splice(0)) server.close();
    });
    afterAll(async () => {
      await fabric.close();
      expect(fs.readdirSync(folder)).toEqual([]);
      fs.rmSync(folder, { recursive: true });
      expect(processesNaming(folder)).toEqual([]);
      expect(networkNamespaces().filter((one) => !before.includes(one))).toEqual([]);
      expect((await execa("ip", ["-o", "link"])).stdout).not.toContain("peer-");
    });

    const inside = (id: string) => (command: string[]) => fabric.network(id).command(command, "/");
    const operator = (command: string[]) => [...fabric.operator, ...command];
    /** A server in a place that greets with the address that its client has for it. */
    async function greet(place: Place, host: string, port: number): Promise<void> {
      const server = (await place.listen(host, port)) as net.Server;
      server.on("connection", (socket) => socket.end(`hello ${socket.remoteAddress}`));
      servers.push(server);
    }
    const apply = (plan: Partial<NetworkPlan>) => fabric.apply({ networks: [], peerings: [], ...plan });

    it("reach each other only while they are peered, and at no time from this machine", async () => {
      const [a, b] = [network("A", 0), network("B", 139)];
      await apply({ networks: [a, b] });
      await greet(fabric.network("a"), "10.0.0.4", 9092);
      expect(await ask(inside("A"), "10.0.0.4", 9092)).toBe("hello 10.0.0.4");
      expect(await ask(inside("B"), "10.0.0.4", 9092)).toBe("TIMEOUT");

      await apply({
        networks: [
          { ...a, trusted: ["B"] },
          { ...b, trusted: ["A"] },
        ],
        peerings: [["A", "B"]],
      });
      expect(await ask(inside("B"), "10.0.0.4", 9092)).toBe("hello 10.139.0.4");
      expect(await ask(inside("B"), "10.0.0.4", 9093)).toBe("ECONNREFUSED");
      expect(await ask(operator, "10.0.0.4", 9092)).toBe("ENETUNREACH");

      await apply({ networks: [a, b] });
      expect(await ask(inside("B"), "10.0.0.4", 9092)).toBe("TIMEOUT");
    });

    it("keep out peers that are not let in", async () => {
      await apply({ networks: [network("A", 0), network("B", 139, { trusted: ["A"] })], peerings: [["A", "B"]] });
      await greet(fabric.network("A"), "10.0.0.5", 9092);
      expect(await ask(inside("B"), "10.0.0.5", 9092)).toBe("TIMEOUT");
    });

    it("let the operator in at public addresses, as far as the rules do", async () => {
      const gateways = [{ address: "203.0.113.11", to: "10.0.0.4", ports: [22, 443] }];
      const operators = rule("operators", 310, {
        protocol: "Tcp",
        sources: [`${operatorAddress}/32`],
        destinations: ["VirtualNetwork"],
        destinationPorts: ["22"],
      });
      const open = network("A", 0, { gateways });
      open.subnets = [{ prefixes: ["10.0.0.0/24"], rules: [operators, ...defaults] }];
      await apply({ networks: [open] });
      await greet(fabric.network("A"), "10.0.0.4", 22);
      await greet(fabric.network("A"), "10.0.0.4", 443);
      expect(await ask(operator, "203.0.113.11", 22)).toBe(`hello ${operatorAddress}`);
      expect(await ask(operator, "203.0.113.11", 443)).toBe("TIMEOUT");

      await apply({ networks: [network("A", 0, { gateways })] });
      expect(await ask(operator, "203.0.113.11", 22)).toBe("TIMEOUT");
      await apply({ networks: [network("A", 0, { gateways, subnets: [{ prefixes: ["10.0.0.0/24"] }] })] });
      expect(await ask(operator, "203.0.113.11", 443)).toBe(`hello ${operatorAddress}`);
    });

    it("have rules inside one subnet, too", async () => {
      const deny = rule("no-9092", 200, { access: "Deny", sources: ["10.0.0.4"], destinationPorts: ["9000-9100"] });
      await apply({
        networks: [network("A", 0, { subnets: [{ prefixes: ["10.0.0.0/24"], rules: [deny, ...defaults] }] })],
      });
      await greet(fabric.network("A"), "10.0.0.5", 9092);
      expect(await ask(inside("A"), "10.0.0.5", 9092)).toBe("hello 10.0.0.5");
      const from = (command: string[]) =>
        inside("A")([
          command[0] ?? "",
          "-e",
          (command[2] ?? "").replace("{ host", '{ localAddress: "10.0.0.4", host'),
          ...command.slice(3),
        ]);
      expect(await ask(from, "10.0.0.5", 9092)).toBe("TIMEOUT");
    });

    it("resolve their own hosts and the private zones that are linked to them, and nothing else", async () => {
      const names = { "kafka.example.com": ["10.0.0.4", "10.0.0.5"], "*.wild.example.com": ["10.0.0.4"] };
      await apply({ networks: [network("A", 0, { names }), network("B", 139)] });
      fabric.network("A").setHosts("cluster", new Map([["wn0-events.internal.example", "10.0.0.5"]]));
      const resolve = async (id: string, name: string) => {
        const script = `require("dns").lookup(process.argv[1], { all: true, family: 4 }, (error, found) =>
          console.log(error ? error.code : found.map((one) => one.address).sort().join()))`;
        const [program = "", ...args] = inside(id)([process.execPath, "-e", script, name]);
        return (await execa(program, args)).stdout;
      };
      expect(await resolve("A", "WN0-events.internal.example")).toBe("10.0.0.5");
      expect(await resolve("A", "kafka.example.com")).toBe("10.0.0.4,10.0.0.5");
      expect(await resolve("A", "any.wild.example.com")).toBe("10.0.0.4");
      expect(await resolve("A", "deep.any.wild.example.com")).toBe("ENOTFOUND");
      for (const name of ["wn0-events.internal.example", "kafka.example.com", "example.com"]) {
        expect(await resolve("B", name)).toBe("ENOTFOUND");
      }
    });

    it("have what is served to everybody at the address that it has on this machine", async () => {
      await apply({ networks: [network("A", 0)] });
      const server = net.createServer((socket) => socket.end("hello from here")).listen(0, "127.0.0.1");
      servers.push(server);
      await new Promise((resolve) => server.once("listening", resolve));
      const address = { host: "127.0.0.1", port: (server.address() as net.AddressInfo).port };
      await fabric.publish(address, (socket) => server.emit("connection", socket));
      await apply({ networks: [network("A", 0), network("B", 139)] });
      for (const from of [operator, inside("A"), inside("B")]) {
        expect(await ask(from, address.host, address.port)).toBe("hello from here");
      }
      await fabric.withdraw(address);
      expect(await ask(operator, address.host, address.port)).toBe("ECONNREFUSED");
    });

    it("tell what cannot be listened on", async () => {
      await apply({ networks: [network("A", 0)] });
      await expect(fabric.network("A").listen("10.0.0.77", 1)).rejects.toMatchObject({ code: "EADDRNOTAVAIL" });
      await greet(fabric.network("A"), "10.0.0.4", 22);
      await expect(fabric.network("A").listen("10.0.0.4", 22)).rejects.toMatchObject({ code: "EADDRINUSE" });
      await expect(fabric.network("A").connect("10.0.0.4", 23)).rejects.toMatchObject({ code: "ECONNREFUSED" });
      expect(() => fabric.network("B")).toThrow("Virtual network B has no namespace");
    });

    it("are found again, as they are, by the process that comes after one that was killed", async () => {
      const home = path.join(folder, "killed");
      const plan: NetworkPlan = { networks: [network("A", 0)], peerings: [] };
      const killed = execa("npx", ["tsx", path.join(__dirname, "opener.ts"), home, JSON.stringify({ tools, plan })]);
      killed.catch(() => undefined);
      const pid = await new Promise<number>((resolve) => {
        killed.stdout?.once("data", (data) => resolve(Number(data)));
      });
      process.kill(pid, "SIGKILL");
      const kept = () => fs.readFileSync(path.join(home, "operator", "process"), "utf8");
      const keeper = kept();
      const after = await NamespaceFabric.open(home, tools);
      try {
        expect(kept()).toBe(keeper);
        const enter = (command: string[]) => after.network("a").command(command, "/");
        await greet(after.network("A"), "10.0.0.4", 9092);
        expect(await ask(enter, "10.0.0.4", 9092)).toBe("hello 10.0.0.4");
      } finally {
        await after.close();
      }
    });
  });
});
