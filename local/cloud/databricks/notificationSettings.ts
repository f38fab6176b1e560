import { z } from "zod";
import { notInTwin } from "./errors";

const addresses = z.array(z.string().regex(/^[^\s@]+@[^\s@]+$/, "expected an e-mail address"));

/** Who is told of what by e-mail. Names are those of the Jobs API; another one would be a slip that nobody notices. */
export const emailNotifications = z.strictObject({
  on_start: addresses.optional(),
  on_success: addresses.optional(),
  on_failure: addresses.optional(),
  on_duration_warning_threshold_exceeded: addresses.optional(),
  on_streaming_backlog_exceeded: addresses.optional(),
  no_alert_for_skipped_runs: z.boolean().optional(),
});

export const notificationSettings = z.looseObject({
  no_alert_for_skipped_runs: z.boolean().optional(),
  no_alert_for_canceled_runs: z.boolean().optional(),
});

/**
 * When a job is not well.
 * Source: https://docs.databricks.com/api/azure/workspace/jobs/create (`health`)
 */
export const health = z.strictObject({
  rules: z.array(
    z.strictObject({
      metric: z.enum([
        "RUN_DURATION_SECONDS",
        "STREAMING_BACKLOG_BYTES",
        "STREAMING_BACKLOG_RECORDS",
        "STREAMING_BACKLOG_SECONDS",
        "STREAMING_BACKLOG_FILES",
      ]),
      op: z.enum(["GREATER_THAN"]),
      value: z.int().min(0),
    }),
  ),
});

/** Refuses what the twin would have to pretend: calls to webhooks, and e-mails of single tasks. */
export function checkNotifications(settings: Record<string, unknown>, tasks: Record<string, unknown>[]): void {
  const refuse = (field: string, value: unknown, instead: string) => {
    const lists = Object.values((value ?? {}) as object).filter((list) => Array.isArray(list) && list.length > 0);
    if (lists.length > 0) throw notInTwin(`\`${field}\` is not supported: ${instead}`);
  };
  const job = "the twin notes the e-mails of whole jobs, so use `email_notifications` of the job";
  refuse("webhook_notifications", settings.webhook_notifications, job);
  for (const [index, task] of tasks.entries()) {
    refuse(`tasks[${index}].webhook_notifications`, task.webhook_notifications, job);
    refuse(`tasks[${index}].email_notifications`, task.email_notifications, job);
  }
}
