import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { describe, expect, it } from "vitest";
import { findJava, javaBinary, javaCandidates, parseJavaVersion } from "../../../local/setup/prerequisites";
import { temporaryFolder } from "./loopback";

/** A program that answers `-version` as Java does. */
function fakeJava(folder: string, version: string): string {
  const binary = path.join(folder, "bin", "java");
  mkdirSync(path.dirname(binary), { recursive: true });
  writeFileSync(binary, `#!/bin/sh\necho 'openjdk version "${version}"' >&2\n`);
  chmodSync(binary, 0o755);
  return binary;
}

describe("parseJavaVersion", () => {
  it.each([
    ['openjdk version "17.0.15" 2025-04-15\nOpenJDK Runtime Environment', 17],
    ['java version "1.8.0_392"', 8],
    ['openjdk version "21" 2023-09-19', 21],
    ['openjdk version "25-ea" 2025-09-16', 25],
    ["The operation couldn't be completed. Unable to locate a Java Runtime.", undefined],
  ])("reads %j as %s", (output, version) => {
    expect(parseJavaVersion(output)).toBe(version);
  });
});

describe("findJava", () => {
  it("takes the first Java that Spark and Kafka run on", async () => {
    const folder = await temporaryFolder();
    const old = fakeJava(path.join(folder, "old"), "11.0.2");
    const recent = fakeJava(path.join(folder, "recent"), "24.0.1");
    const right = fakeJava(path.join(folder, "right"), "21.0.4");
    expect(findJava([old, recent, right])).toEqual({ binary: right, version: 21 });
  });

  it("names what it found and how to get one", async () => {
    const folder = await temporaryFolder();
    const old = fakeJava(folder, "11.0.2");
    expect(() => findJava([old], "linux")).toThrow(
      `version 17 to 21. Found: ${old} is Java 11. Install one with \`sudo apt-get install openjdk-17-jre-headless\``,
    );
    expect(() => findJava([], "darwin")).toThrow(/no `java` in JAVA_HOME, on PATH.*brew install/);
  });

  it("names a java that does not start, as the placeholder that macOS has", async () => {
    const stub = fakeJava(await temporaryFolder(), "17");
    writeFileSync(stub, "#!/bin/sh\nexit 1\n");
    expect(() => findJava([stub])).toThrow(`${stub} does not start`);
  });
});

describe("javaCandidates", () => {
  it("puts JAVA_HOME before PATH, and leaves out what is not there", async () => {
    const folder = await temporaryFolder();
    const home = path.join(folder, "home");
    const [chosen, other] = [fakeJava(home, "17"), fakeJava(path.join(folder, "other"), "17")];
    const found = javaCandidates({ JAVA_HOME: home, PATH: `/nowhere:${path.dirname(other)}` });
    expect(found.slice(0, 2)).toEqual([chosen, other]);
    expect(javaCandidates({ JAVA_HOME: "/nowhere", PATH: path.dirname(other) })[0]).toBe(other);
  });
});

describe("javaBinary", () => {
  it("finds the Java of this machine", () => {
    expect(path.isAbsolute(javaBinary())).toBe(true);
  });
});
