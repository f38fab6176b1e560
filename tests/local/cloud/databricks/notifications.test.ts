import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { jobDriver } from "./jobDriver";
import { eventually, type Json, TestDatabricks } from "./twin";

let twin: TestDatabricks;
beforeEach(async () => {
  twin = await TestDatabricks.start();
});
afterEach(() => twin.stop());
const { create, runNow, ended, started } = jobDriver(() => twin);

const to = (name: string) => [`${name}@example.com`];
const email_notifications = { on_start: to("start"), on_success: to("success"), on_failure: to("failure") };
const noted = async (): Promise<Json[]> => (await twin.get("/twin/notifications")).body.notifications;
/** All e-mails, once there are so many. */
const emails = async (count: number) =>
  (await eventually(`${count} e-mails`, async () => (await noted()).length >= count && (await noted()))).map(
    ({ event, recipients }: Json) => [event, ...recipients],
  );

describe("the e-mails of a job", () => {
  it("are noted at its start and its success", async () => {
    await twin.notebook("/Shared/N", "exit 1");
    const job_id = await create({}, { email_notifications });
    const run_id = await runNow(job_id);
    expect(await emails(2)).toEqual([
      ["on_start", "start@example.com"],
      ["on_success", "success@example.com"],
    ]);
    expect((await noted())[1]).toEqual({
      time: expect.stringMatching(/^\d{4}-.*Z$/),
      ...{ event: "on_success", recipients: to("success"), job_id, job_name: "job", run_id },
      message: "the run has succeeded",
    });
  });

  it("say why a run failed, for each run of a continuous job", async () => {
    await twin.notebook("/Shared/N", "fail no broker");
    await create({}, { email_notifications: { on_failure: to("failure") }, continuous: { pause_status: "UNPAUSED" } });
    expect(await emails(2)).toContainEqual(["on_failure", "failure@example.com"]);
    const [first, second] = await noted();
    expect(first?.message).toMatch(/Task main failed with message: .*no broker/);
    expect(first?.run_id).not.toBe(second?.run_id);
  });

  it.each([
    [{}, 1],
    [{ no_alert_for_canceled_runs: true }, 0],
  ])("of a cancelled run with %o are %i", async (notification_settings, count) => {
    await twin.notebook("/Shared/N", "val forever = 1");
    const job_id = await create({}, { email_notifications: { on_failure: to("failure") }, notification_settings });
    const run_id = await runNow(job_id);
    await started();
    await twin.post("/api/2.2/jobs/runs/cancel", { run_id });
    await ended(run_id);
    await emails(count);
    expect(await noted()).toHaveLength(count);
  });

  it("are none when the twin was stopped, which says nothing of the job, and stay after a restart", async () => {
    await twin.notebook("/Shared/N", "val forever = 1");
    await create({}, { email_notifications, continuous: { pause_status: "UNPAUSED" } });
    await started(); // its e-mail is noted a little earlier
    await twin.workspaces.close();
    await twin.restart();
    await started(2);
    expect((await emails(2)).map(([event]: string[]) => event)).toEqual(["on_start", "on_start"]);
  });

  it("warn of a run that takes too long", async () => {
    await twin.notebook("/Shared/N", "val forever = 1");
    await runNow(
      await create(
        {},
        {
          email_notifications: { on_duration_warning_threshold_exceeded: to("slow") },
          health: { rules: [{ metric: "RUN_DURATION_SECONDS", op: "GREATER_THAN", value: 0 }] },
        },
      ),
    );
    expect(await emails(1)).toEqual([["on_duration_warning_threshold_exceeded", "slow@example.com"]]);
  });

  it.each([
    [{ email_notifications: { on_fail: to("x") } }, /on_fail/],
    [{ email_notifications: { on_failure: ["x"] } }, /email_notifications\.on_failure\[0\].*e-mail address/],
    [{ health: { rules: [{ metric: "LAG", op: "GREATER_THAN", value: 1 }] } }, /health\.rules\[0\]\.metric/],
    [{ health: { rules: [{ metric: "RUN_DURATION_SECONDS", op: "LESS_THAN", value: 1 }] } }, /health\.rules\[0\]\.op/],
    [{ webhook_notifications: { on_failure: [{ id: "1" }] } }, /^`webhook_notifications` is not supported/],
  ])("are refused as %o", async (change, message) => {
    const task = { task_key: "t", notebook_task: { notebook_path: "/N" }, existing_cluster_id: "none" };
    const answer = await twin.call("POST", "/api/2.2/jobs/create", { tasks: [task], ...change });
    expect([answer.status, answer.body.message]).toEqual([400, expect.stringMatching(message)]);
  });
});
