import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { clusterSpec, eventually, quick, TestDatabricks, userName } from "./twin";

let twin: TestDatabricks;
beforeEach(async () => {
  twin = await TestDatabricks.start();
});
afterEach(() => twin.stop());

const api = "/api/2.1/clusters";
const get = async (id: string) => (await twin.get(`${api}/get?cluster_id=${id}`)).body;
const reaches = (id: string, state: string) =>
  eventually(`cluster ${id} to be ${state}`, async () => {
    const cluster = await get(id);
    return cluster.state === state && cluster;
  });
const running = async (spec: object = clusterSpec): Promise<string> => {
  const { cluster_id } = await twin.post(`${api}/create`, spec);
  await reaches(cluster_id, "RUNNING");
  return cluster_id;
};

describe("a cluster", () => {
  it("goes from PENDING to RUNNING and gives back what it was created with", async () => {
    await twin.stop();
    twin = await TestDatabricks.start({ clusterStartMs: 1000 });
    const spec = {
      ...clusterSpec,
      spark_conf: { "spark.x": "1" },
      custom_tags: { team: "a" },
      autotermination_minutes: 20,
    };
    const { cluster_id } = await twin.post(`${api}/create`, spec);
    const pending = await get(cluster_id);
    expect(pending.state).toBe("PENDING");
    const cluster = await reaches(cluster_id, "RUNNING");
    expect(cluster).toMatchObject({
      ...spec,
      cluster_id,
      driver_node_type_id: "Standard_DS3_v2",
      creator_user_name: userName,
      cluster_cores: 8,
      default_tags: { ClusterName: "spark", ClusterId: cluster_id },
    });
  });

  it("is terminated, started, edited, resized, restarted and removed", async () => {
    await twin.stop();
    // Long enough for a busy machine to see a state that passes.
    twin = await TestDatabricks.start({ clusterStartMs: 500 });
    const id = await running();
    await twin.post(`${api}/resize`, { cluster_id: id, autoscale: { min_workers: 1, max_workers: 3 } });
    const resized = await reaches(id, "RUNNING");
    expect([resized.num_workers, resized.autoscale]).toEqual([undefined, { min_workers: 1, max_workers: 3 }]);
    await twin.post(`${api}/edit`, { cluster_id: id, ...clusterSpec, num_workers: 2 });
    expect((await reaches(id, "RUNNING")).num_workers).toBe(2);
    await twin.post(`${api}/restart`, { cluster_id: id });
    expect((await get(id)).state).toBe("RESTARTING");
    await reaches(id, "RUNNING");
    await twin.post(`${api}/delete`, { cluster_id: id });
    const ended = await reaches(id, "TERMINATED");
    expect(ended.termination_reason).toMatchObject({ code: "USER_REQUEST", parameters: { username: userName } });
    await twin.post(`${api}/edit`, { cluster_id: id, ...clusterSpec, num_workers: 3 });
    expect((await get(id)).state).toBe("TERMINATED");
    await twin.post(`${api}/start`, { cluster_id: id });
    const again = await reaches(id, "RUNNING");
    expect([again.num_workers, again.termination_reason]).toEqual([3, undefined]);
    await twin.post(`${api}/permanent-delete`, { cluster_id: id });
    const gone = await twin.get(`${api}/get?cluster_id=${id}`);
    expect(gone).toMatchObject({
      status: 400,
      body: { error_code: "INVALID_PARAMETER_VALUE", message: `Cluster ${id} does not exist` },
    });
  });

  it("refuses what its state does not allow", async () => {
    const id = await running();
    const { status, body } = await twin.call("POST", `${api}/start`, { cluster_id: id });
    expect([status, body.error_code]).toEqual([400, "INVALID_STATE"]);
    expect(body.message).toContain("unexpected state Running");
    await twin.post(`${api}/delete`, { cluster_id: id });
    await twin.post(`${api}/delete`, { cluster_id: id });
    expect((await twin.call("POST", `${api}/resize`, { cluster_id: id, num_workers: 1 })).body.error_code).toBe(
      "INVALID_STATE",
    );
  });

  it("records its events, newest first unless asked otherwise, in pages", async () => {
    const id = await running();
    await twin.post(`${api}/pin`, { cluster_id: id });
    const all = await twin.post(`${api}/events`, { cluster_id: id, order: "ASC" });
    expect(all.events.map((event: { type: string }) => event.type)).toEqual(["CREATING", "RUNNING", "PINNED"]);
    const first = await twin.post(`${api}/events`, { cluster_id: id, limit: 2 });
    expect(first.events.map((event: { type: string }) => event.type)).toEqual(["PINNED", "RUNNING"]);
    const rest = await twin.post(`${api}/events`, first.next_page);
    expect([rest.events.length, rest.next_page, rest.total_count]).toEqual([1, undefined, 3]);
  });

  it("is found among others by pin and page", async () => {
    const ids = [await running(), await running(), await running()];
    await twin.post(`${api}/pin`, { cluster_id: ids[1] });
    const pinned = await twin.get(`${api}/list?filter_by.is_pinned=true&page_size=100`);
    expect(pinned.body.clusters.map((cluster: { cluster_id: string }) => cluster.cluster_id)).toEqual([ids[1]]);
    const seen: string[] = [];
    let page = "";
    do {
      const { body } = await twin.get(`${api}/list?page_size=2${page && `&page_token=${page}`}`);
      seen.push(...body.clusters.map((cluster: { cluster_id: string }) => cluster.cluster_id));
      page = body.next_page_token ?? "";
    } while (page);
    expect(seen.sort()).toEqual(ids.sort());
  });

  it("says in its state that the twin cannot run notebooks on another Scala than 2.12", async () => {
    const id = await running({ ...clusterSpec, spark_version: "17.3.x-scala2.13" });
    expect((await get(id)).state_message).toMatch(
      /twin runs Spark 3\.5 on Scala 2\.12 only.*17\.3\.x-scala2\.13.*16\.4\.x-scala2\.12/,
    );
  });
});

describe("a cluster description", () => {
  it.each([
    [{ spark_version: undefined }, /Missing required field: spark_version/],
    [{ spark_version: "5.2.x-scala2.11" }, /Invalid spark version 5\.2\.x-scala2\.11.*16\.4\.x-scala2\.12/],
    [{ node_type_id: undefined }, /Missing required field: node_type_id/],
    [{ node_type_id: "Standard_X1" }, /Node type Standard_X1 is not supported.*Standard_DS3_v2/],
    [{ driver_node_type_id: "tiny" }, /Node type tiny is not supported/],
    [{ num_workers: undefined }, /Missing required field: num_workers/],
    [{ num_workers: "two" }, /`num_workers`: got "two"/],
    [{ autoscale: { min_workers: 1, max_workers: 2 } }, /not both/],
    [{ num_workers: undefined, autoscale: { min_workers: 3, max_workers: 2 } }, /must not be greater/],
    [{ autotermination_minutes: 5 }, /0 \(never\) or from 10 to 10000, got 5/],
    [{ cluster_name: "x".repeat(101) }, /cluster_name/],
    [{ init_scripts: [{ workspace: { destination: "/a" } }] }, /init_scripts.*local twin/],
    [{ instance_pool_id: "p" }, /instance_pool_id/],
    [{ policy_id: "none" }, /Can't find a cluster policy with id: none/],
  ])("changed by %o is refused by name", async (change, message) => {
    const { status, body } = await twin.call("POST", `${api}/create`, { ...clusterSpec, ...change });
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
    expect(body.message).toMatch(message);
  });

  it("may be a single node without workers", async () => {
    const { num_workers: _, ...spec } = clusterSpec;
    const id = await running({ ...spec, is_single_node: true, kind: "CLASSIC_PREVIEW" });
    expect(await get(id)).toMatchObject({ is_single_node: true, num_workers: 0, cluster_cores: 4 });
  });
});

describe("autotermination", () => {
  it("terminates a cluster that has been idle for its minutes, and only that", async () => {
    await twin.stop();
    twin = await TestDatabricks.start({ ...quick, minuteMs: 100 });
    const idle = await running({ ...clusterSpec, autotermination_minutes: 10 });
    const forever = await running({ ...clusterSpec, autotermination_minutes: 0 });
    const ended = await reaches(idle, "TERMINATED");
    expect(ended.termination_reason).toMatchObject({
      code: "INACTIVITY",
      parameters: { inactivity_duration_min: "10" },
    });
    expect(ended.terminated_time - ended.last_activity_time).toBeGreaterThanOrEqual(999);
    expect((await get(forever)).state).toBe("RUNNING");
  });

  it("counts on after a restart of the twin", async () => {
    await twin.stop();
    twin = await TestDatabricks.start({ ...quick, minuteMs: 100 });
    const id = await running({ ...clusterSpec, autotermination_minutes: 10 });
    await twin.workspaces.close();
    await twin.restart();
    expect((await reaches(id, "TERMINATED")).termination_reason.code).toBe("INACTIVITY");
  });
});
