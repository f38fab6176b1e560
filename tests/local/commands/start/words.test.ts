import { tmpdir } from "node:os";
import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import { expectation } from "../../../../local/commands/start/expectation";
import { describeFailure, type Phase } from "../../../../local/commands/start/failure";
import { whatNext } from "../../../../local/commands/start/next";
import type { Endpoints } from "../../../../local/endpoints";
import { toolPaths } from "../../../../local/paths";
import { setupSteps } from "../../../../local/setup/steps";

describe("expectation", () => {
  it("names everything that a first run fetches or makes, with its size, and how long that takes", () => {
    const steps = setupSteps(toolPaths("/nowhere"));
    const text = expectation(steps, undefined);
    for (const { name } of steps) expect(text).toContain(`\n  ${name}`);
    expect(text).toMatch(/jars +Kafka, Spark and their libraries: \d{3} MB/);
    expect(text).toContain("2 to 4 minutes");
    for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(82);
  });

  it("knows a later run, and one that is running", () => {
    expect(expectation([], undefined)).toContain("about a minute");
    expect(expectation([], {} as Endpoints)).toContain("It runs already");
  });
});

describe("describeFailure", () => {
  const describeIt = (message: string, phase: Phase = "Deployment") =>
    describeFailure(phase, new Error(message), [tmpdir(), "/nowhere"], "/home/start.log");

  it("says what failed and why, what to do, and where more is", () => {
    const text = describeIt("kafka-cluster: QuotaExceeded\nsecond line");
    expect(text).toContain("Deployment failed:\n  kafka-cluster: QuotaExceeded\n  second line\n");
    expect(text).toContain("`npm start` goes on from there");
    expect(text).toContain("/home/start.log");
    expect(text).toContain("npm start -- --verbose");
  });

  it("knows a full disk and a missing network by what every program says of them", () => {
    expect(describeIt("ENOSPC: no space left on device, write")).toContain(`GB are free where ${tmpdir()} is;`);
    expect(describeIt("https://x/y cannot be reached: getaddrinfo ENOTFOUND x", "Tools")).toContain("HTTPS_PROXY");
  });

  it("asks for a proxy only where something is fetched", () => {
    for (const phase of ["Services", "Deployment", "Messages"] as const) {
      expect(describeIt("connect ECONNREFUSED 10.0.0.9:9092", phase)).not.toContain("HTTPS_PROXY");
    }
  });

  it("points at the log of what failed", () => {
    expect(describeIt("No event was consumed", "Messages")).toContain("npm run local -- logs consumer");
    expect(describeIt("The local services did not start.", "Services")).toContain("npm run local -- logs services");
    expect(describeIt("x", "Tools")).not.toContain("logs services");
  });
});

describe("whatNext", () => {
  it("fits 80 columns, and offers a shell in a network only where there are networks", () => {
    for (const line of whatNext("namespaces").split("\n")) {
      expect(stripVTControlCharacters(line).length).toBeLessThanOrEqual(80);
    }
    expect(whatNext("namespaces")).toContain("npm run local -- exec");
    expect(whatNext("loopback")).not.toContain("npm run local -- exec");
  });
});
