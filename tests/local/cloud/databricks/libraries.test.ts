import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { clusterSpec, eventually, TestDatabricks } from "./twin";

let twin: TestDatabricks;
beforeEach(async () => {
  twin = await TestDatabricks.start();
});
afterEach(() => twin.stop());

const maven = (coordinates: string, more: object = {}) => ({ maven: { coordinates, ...more } });
const kafka = maven("org.apache.spark:spark-streaming-kafka-0-10_2.12:3.5.3");
const api = "/api/2.0/libraries";

const create = async (spec: object = clusterSpec): Promise<string> =>
  (await twin.post("/api/2.1/clusters/create", spec)).cluster_id;
const statuses = async (cluster_id: string) =>
  (await twin.get(`${api}/cluster-status?cluster_id=${cluster_id}`)).body.library_statuses;
const settled = (cluster_id: string) =>
  eventually("settled libraries", async () => {
    const all = await statuses(cluster_id);
    return all.every((one: { status: string }) => !["PENDING", "RESOLVING"].includes(one.status)) && all;
  });

describe("a cluster's libraries", () => {
  it("are PENDING until the cluster runs, then RESOLVING, then INSTALLED", async () => {
    await twin.stop();
    twin = await TestDatabricks.start({ clusterStartMs: 1000 });
    let release: () => void = () => undefined;
    twin.notebooks.resolving = new Promise((resolve) => {
      release = resolve;
    });
    const id = await create();
    await twin.post(`${api}/install`, { cluster_id: id, libraries: [kafka] });
    expect(await statuses(id)).toMatchObject([
      { library: kafka, status: "PENDING", is_library_for_all_clusters: false },
    ]);
    await eventually("a library being resolved", async () => (await statuses(id))[0].status === "RESOLVING");
    release();
    expect(await settled(id)).toEqual([{ library: kafka, status: "INSTALLED", is_library_for_all_clusters: false }]);
  });

  it("for another Scala version are SKIPPED with a message, without being looked for", async () => {
    const id = await create();
    const old = maven("org.apache.bahir:spark-streaming-twitter_2.11:2.2.0");
    const java = maven("org.apache.kafka:kafka-clients:3.4.1");
    await twin.post(`${api}/install`, { cluster_id: id, libraries: [old, java] });
    expect(await settled(id)).toMatchObject([
      {
        status: "SKIPPED",
        messages: [
          "Skipped: `spark-streaming-twitter_2.11` is built for Scala 2.11, and the runtime of this cluster has Scala 2.12",
        ],
      },
      { status: "INSTALLED" },
    ]);
    expect(twin.notebooks.resolved).toEqual([{ coordinates: ["org.apache.kafka:kafka-clients:3.4.1"], scala: "2.12" }]);
  });

  it("are resolved for the Scala version of the cluster's runtime", async () => {
    const id = await create({ ...clusterSpec, spark_version: "17.3.x-scala2.13" });
    await twin.post(`${api}/install`, { cluster_id: id, libraries: [kafka, maven("a:b_2.13:1")] });
    expect(await settled(id)).toMatchObject([{ status: "SKIPPED" }, { status: "INSTALLED" }]);
    expect(twin.notebooks.resolved).toEqual([{ coordinates: ["a:b_2.13:1"], scala: "2.13" }]);
  });

  it("that cannot be had are FAILED with the reason, and are tried again when installed again", async () => {
    const id = await create();
    const libraries = [maven("a:missing:1"), { pypi: { package: "pandas" } }];
    await twin.post(`${api}/install`, { cluster_id: id, libraries });
    expect(await settled(id)).toMatchObject([
      { status: "FAILED", messages: ["a:missing:1 was not found"] },
      { status: "FAILED", messages: [expect.stringMatching(/Maven libraries only, not `pypi`/)] },
    ]);
    await twin.post(`${api}/install`, { cluster_id: id, libraries: [maven("a:missing:1")] });
    await settled(id);
    expect(twin.notebooks.resolved).toHaveLength(2);
  });

  it("say what the twin leaves undone of a Maven library", async () => {
    const id = await create();
    await twin.post(`${api}/install`, {
      cluster_id: id,
      libraries: [maven("a:b:1", { exclusions: ["c:d"], repo: "https://r" })],
    });
    const [state] = await settled(id);
    expect(state).toMatchObject({
      status: "INSTALLED",
      messages: [/exclusions/, /repo/].map((m) => expect.stringMatching(m)),
    });
  });

  it("stay on a running cluster until it restarts, and leave a terminated one at once", async () => {
    const id = await create();
    await twin.post(`${api}/install`, { cluster_id: id, libraries: [kafka, maven("a:b:1")] });
    await settled(id);
    await twin.post(`${api}/uninstall`, { cluster_id: id, libraries: [kafka] });
    expect(await statuses(id)).toMatchObject([{ status: "UNINSTALL_ON_RESTART" }, { status: "INSTALLED" }]);
    await twin.post("/api/2.1/clusters/restart", { cluster_id: id });
    await eventually("one library", async () => (await statuses(id)).length === 1);
    expect(await settled(id)).toMatchObject([{ library: maven("a:b:1"), status: "INSTALLED" }]);
    await twin.post("/api/2.1/clusters/delete", { cluster_id: id });
    await twin.post(`${api}/uninstall`, { cluster_id: id, libraries: [maven("a:b:1")] });
    expect(await statuses(id)).toEqual([]);
  });

  it("are gone with the cluster", async () => {
    const id = await create();
    await twin.post(`${api}/install`, { cluster_id: id, libraries: [kafka] });
    await twin.post("/api/2.1/clusters/permanent-delete", { cluster_id: id });
    expect((await twin.get(`${api}/cluster-status?cluster_id=${id}`)).body.message).toBe(
      `Cluster ${id} does not exist`,
    );
    expect((await twin.get(`${api}/all-cluster-statuses`)).body).toEqual({ statuses: [] });
  });

  it.each([
    [[{ maven: {} }], "Missing required field: libraries[0].maven.coordinates"],
    [[maven("just-a-name")], 'Maven coordinates must be group:artifact:version, got "just-a-name"'],
    [[{}], "`libraries[0]` needs exactly one of maven, pypi, cran, jar, whl, egg, requirements; got 0"],
    [
      [{ ...kafka, jar: "/a.jar" }],
      "`libraries[0]` needs exactly one of maven, pypi, cran, jar, whl, egg, requirements; got 2",
    ],
  ])("described as %j are refused", async (libraries, message) => {
    const id = await create();
    const { status, body } = await twin.call("POST", `${api}/install`, { cluster_id: id, libraries });
    expect([status, body.message]).toEqual([400, message]);
  });
});
