import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { restartDelay } from "../../../../local/cloud/databricks/backoff";
import { inOrder, type Task } from "../../../../local/cloud/databricks/jobSettings";
import { scalaMismatch } from "../../../../local/cloud/databricks/library";
import { pageOf } from "../../../../local/cloud/databricks/pages";
import { notebookParameters, replaceReferences } from "../../../../local/cloud/databricks/parameters";
import { Signal } from "../../../../local/cloud/databricks/signal";

const timing = { backoffMs: 10, backoffMostMs: 100, healthyAfterMs: 1000 };
const failed = { result_state: "FAILED" as const, execution_duration: 5, trigger: "CONTINUOUS" as const };
const succeeded = { ...failed, result_state: "SUCCESS" as const };

describe("the wait of a continuous job", () => {
  it.each([
    ["no run yet", [], 0],
    ["a success", [succeeded, failed, failed], 0],
    ["a cancel", [{ ...failed, result_state: "CANCELED" as const }, failed], 0],
    ["one failure", [failed, succeeded, failed], 10],
    ["three failures", [failed, failed, { ...failed, result_state: "TIMEDOUT" as const }], 40],
    ["many failures", Array.from({ length: 60 }, () => failed), 100],
    ["a failure after a long healthy run", [failed, { ...failed, execution_duration: 1001 }, failed, failed], 20],
    ["a failure of a run that was asked for", [failed, { ...failed, trigger: "ONE_TIME" as const }, failed], 20],
    ["a stop of the twin", [{ ...failed, interrupted: true }, succeeded], 0],
    ["a stop of the twin between failures", [failed, { ...failed, interrupted: true }, failed], 20],
  ])("after %s", (_what, ended, wait) => {
    expect(restartDelay(ended, timing)).toBe(wait);
  });
});

describe("notebook parameters", () => {
  const values = {
    job: {
      id: 7,
      name: "j",
      runId: 8,
      startTime: Date.UTC(2024, 0, 2),
      triggerType: "CONTINUOUS",
      parameters: { topic: "t" },
    },
    task: { name: "main", runId: 9, attempt: 0 },
    workspace: { id: "1", url: "127.0.0.1:1" },
  };

  it("are the task's, overridden by run-now's, overridden by the job's", () => {
    expect(notebookParameters({ a: "1", b: "1", topic: "1" }, { b: "2", topic: "2" }, values)).toEqual({
      a: "1",
      b: "2",
      topic: "t",
    });
  });

  it.each([
    ["{{job.id}}/{{ job.run_id }}/{{task.run_id}}", "7/8/9"],
    ["{{job.parameters.topic}} {{task.name}} {{task.execution_count}}", "t main 1"],
    ["{{job.start_time.iso_date}} {{job.trigger.type}}", "2024-01-02 continuous"],
    ["{{unknown.thing}} {{job.parameters.none}} {json}", "{{unknown.thing}} {{job.parameters.none}} {json}"],
  ])("replace the references in %s", (text, replaced) => {
    expect(replaceReferences(text, values)).toBe(replaced);
  });
});

describe("a library's Scala suffix", () => {
  it.each([
    ["org.apache.bahir:spark-streaming-twitter_2.11:2.2.0", "2.12", true],
    ["org.apache.spark:spark-streaming-kafka-0-10_2.13:3.5.1", "2.12", true],
    ["org.apache.spark:spark-streaming-kafka-0-10_2.12:3.5.3", "2.12", false],
    ["org.apache.spark:spark-streaming-kafka-0-10_2.12:3.5.3", "2.13", true],
    ["org.apache.kafka:kafka-clients:3.4.1", "2.13", false],
    ["a:snake_case:1", "2.12", false],
  ])("of %s on Scala %s", (coordinates, scala, mismatch) => {
    expect(scalaMismatch({ maven: { coordinates } }, scala) !== undefined).toBe(mismatch);
  });
});

describe("pages", () => {
  it("of any list, read one after the other, are the list", () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), fc.integer({ min: 1, max: 20 }), (all, size) => {
        const read: number[] = [];
        let token: string | undefined;
        do {
          const page = pageOf(all, size, token);
          expect(page.items.length).toBeLessThanOrEqual(size);
          read.push(...page.items);
          token = page.next_page_token;
        } while (token !== undefined);
        expect(read).toEqual(all);
      }),
    );
  });

  it("with a token that nobody gave are refused", () => {
    for (const token of ["1", "offset:1", "b2Zmc2V0Oi0x"]) expect(() => pageOf([1], 1, token)).toThrow(/page_token/);
  });
});

describe("tasks in order", () => {
  it("come after all they depend on, whatever the order they are given in", () => {
    const graphs = fc.integer({ min: 1, max: 8 }).chain((count) =>
      fc.record({
        edges: fc.array(fc.tuple(fc.nat(count - 1), fc.nat(count - 1))),
        order: fc.shuffledSubarray([...Array(count).keys()], { minLength: count, maxLength: count }),
      }),
    );
    fc.assert(
      fc.property(graphs, ({ edges, order }) => {
        // Edges from a larger to a smaller number only: no circles.
        const before = (index: number) => edges.filter(([from, to]) => from === index && to < from).map(([, to]) => to);
        const tasks = order.map(
          (index) =>
            ({ task_key: `t${index}`, depends_on: before(index).map((to) => ({ task_key: `t${to}` })) }) as Task,
        );
        const sorted = inOrder(tasks).map((task) => task.task_key);
        expect([...sorted].sort()).toEqual(tasks.map((task) => task.task_key).sort());
        for (const task of tasks) {
          for (const { task_key } of task.depends_on ?? []) {
            expect(sorted.indexOf(task_key)).toBeLessThan(sorted.indexOf(task.task_key));
          }
        }
      }),
    );
  });
});

describe("a signal", () => {
  it("wakes who waits when the condition is met, and ends the wait when it is aborted or fails", async () => {
    const signal = new Signal();
    let value: number | undefined;
    const waited = signal.until(() => value);
    signal.notify();
    value = 3;
    signal.notify();
    expect(await waited).toBe(3);
    const abort = new AbortController();
    const aborted = signal.until(() => undefined, abort.signal);
    abort.abort(new Error("enough"));
    await expect(aborted).rejects.toThrow("enough");
    await expect(
      signal.until(() => {
        throw new Error("gone");
      }),
    ).rejects.toThrow("gone");
  });
});
