import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { LibraryResolver } from "../../../../local/engines/spark/libraries";
import { toolPaths } from "../../../../local/paths";
import { serve } from "../../setup/loopback";
import { notebook, sparkTimeout, TestEngine } from "./runs";

/** The tools there are, with a cache of resolved libraries of the test's own. */
function freshCache() {
  const root = mkdtempSync(path.join(tmpdir(), "libraries-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  return { ...toolPaths(), root };
}

describe("LibraryResolver", () => {
  it("finds the libraries that set-up has brought, with what they depend on", async () => {
    const coordinate = "com.twitter:twitter-api-java-sdk:2.0.3";
    const [status] = await new LibraryResolver(toolPaths()).resolve([coordinate], "2.12");
    expect(status).toMatchObject({ coordinate, status: "INSTALLED", messages: [] });
    const names = status.jars.map((jar) => path.basename(jar));
    expect(names).toEqual(expect.arrayContaining(["twitter-api-java-sdk-2.0.3.jar", "okhttp-4.9.3.jar"]));
  });

  it.each([
    ["org.apache.bahir:spark-streaming-twitter_2.11:2.2.0", "2.12", "2.11"],
    ["org.apache.spark:spark-streaming-kafka-0-10_2.13:3.5.3", "2.12", "2.13"],
    ["org.apache.bahir:spark-streaming-twitter_2.12:2.4.0", "2.13", "2.12"],
    ["org.example:tool_3:1.0.0", "2.12", "3"],
  ] as const)("skips %s on Scala %s", async (coordinate, scala, suffix) => {
    const [status] = await new LibraryResolver(toolPaths()).resolve([coordinate], scala);
    expect(status).toMatchObject({ status: "SKIPPED", jars: [] });
    expect(status.messages).toEqual([
      `The library is for Scala ${suffix} and the cluster runs Scala ${scala}: it was not installed. Name its _${scala} build`,
    ]);
  });

  it.each(["kafka-clients", "a:b", "a:b:1:jar:x", "a b:c:1"])(
    "fails for `%s`, which is no coordinate",
    async (text) => {
      const [status] = await new LibraryResolver(toolPaths()).resolve([text], "2.12");
      expect(status).toMatchObject({ status: "FAILED", jars: [] });
      expect(status.messages[0]).toContain("needs the form groupId:artifactId:version");
    },
  );

  it("resolves any other from a repository, once, and says what it could not find", {
    timeout: sparkTimeout,
  }, async () => {
    const jar = readFileSync(path.join(toolPaths().runner, "runner.jar"));
    const pom = `<project><modelVersion>4.0.0</modelVersion><groupId>org.example</groupId><artifactId>greeting</artifactId><version>1.2.3</version></project>`;
    const folder = "/org/example/greeting/1.2.3/greeting-1.2.3";
    const files: Record<string, Buffer> = { [`${folder}.jar`]: jar, [`${folder}.pom`]: Buffer.from(pom) };
    for (const [name, content] of Object.entries(files)) {
      files[`${name}.sha1`] = Buffer.from(createHash("sha1").update(content).digest("hex"));
    }
    const repository = await serve((name, _, response) => {
      response.statusCode = files[name] ? 200 : 404;
      response.end(files[name]);
    });
    process.env.MAVEN_REPOSITORY = repository.url;
    onTestFinished(() => {
      delete process.env.MAVEN_REPOSITORY;
    });

    const tools = freshCache();
    const wanted = ["org.example:greeting:1.2.3", "org.example:absent:0.0.1"];
    const statuses = await new LibraryResolver(tools).resolve(wanted, "2.12");
    expect(statuses.map(({ status }) => status)).toEqual(["INSTALLED", "FAILED"]);
    expect(statuses[0].jars.map((file) => readFileSync(file).equals(jar))).toEqual([true]);
    expect(statuses[1].messages[0]).toMatch(/^Library resolution failed\. Cause: .*absent.*not found/s);

    const asked = repository.requests.length;
    const again = await new LibraryResolver(tools).resolve(["org.example:greeting:1.2.3"], "2.12");
    expect(again).toEqual([statuses[0]]);
    expect(repository.requests).toHaveLength(asked);
  });
});

describe("a run whose library cannot be had", () => {
  it("does not start", { timeout: sparkTimeout }, async () => {
    const twin = new TestEngine();
    onTestFinished(() => twin.close());
    const run = twin.start(notebook("println(1)"), { libraries: ["not a coordinate"] });
    await expect(run).rejects.toThrow(/^Library `not a coordinate` cannot be installed\. .*needs the form/);
  });
});
