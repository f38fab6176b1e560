import * as path from "node:path";
import type { FastifyInstance } from "fastify";
import type { z } from "zod";
import { JsonStore } from "../store";
import type { WorkspaceContext } from "./context";
import type { emailNotifications } from "./notificationSettings";
import type { Run } from "./run";

/** What a job's e-mails are about, by the names of `email_notifications`. */
export type NotificationEvent = Extract<keyof z.infer<typeof emailNotifications>, `on_${string}`>;

/** An e-mail that Databricks would have sent. */
export interface Notification {
  /** When, as ISO 8601. */
  time: string;
  event: NotificationEvent;
  recipients: string[];
  job_id: number;
  job_name: string;
  run_id: number;
  /** What the e-mail is about, in a line. */
  message: string;
}

/** The last ones are kept: a job that fails for ever fills no disk. */
const kept = 200;

/** The e-mails that jobs would have sent. The twin sends none: it notes each, in its log and for `status`. */
export class Notifications {
  private readonly store: JsonStore<Notification>;
  private readonly timers = new Map<number, NodeJS.Timeout>();

  constructor(private readonly context: WorkspaceContext) {
    this.store = JsonStore.open(path.join(context.folder, "notifications.json"));
  }

  /** Oldest first. */
  list(): Notification[] {
    return this.store.values().sort((a, b) => a.time.localeCompare(b.time));
  }

  /** A run has begun. */
  began(run: Run): void {
    this.note("on_start", run, "the run has begun");
    const rule = run.settings.health?.rules.find(({ metric }) => metric === "RUN_DURATION_SECONDS");
    if (!rule) return;
    const warn = () =>
      this.note("on_duration_warning_threshold_exceeded", run, `the run takes longer than ${rule.value} seconds`);
    this.timers.set(run.run_id, setTimeout(warn, Math.min(rule.value * 1000, 2 ** 31 - 1)));
  }

  /**
   * A run has ended, or was skipped. It failed unless it succeeded; what a stop of the twin has ended says nothing of
   * the job.
   */
  ended(run: Run): void {
    clearTimeout(this.timers.get(run.run_id));
    this.timers.delete(run.run_id);
    if (run.interrupted) return;
    if (run.result_state === "SUCCESS") this.note("on_success", run, "the run has succeeded");
    else if (!isMuted(run)) this.note("on_failure", run, run.state_message);
  }

  close(): void {
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
  }

  private note(event: NotificationEvent, run: Run, message: string): void {
    const recipients = run.settings.email_notifications?.[event] ?? [];
    if (recipients.length === 0) return;
    const { job_id, run_id } = run;
    const notification: Notification = {
      time: new Date().toISOString(),
      ...{ event, recipients, job_id, job_name: run.settings.name, run_id, message: message.slice(0, 500) },
    };
    this.store.set(`${run_id} ${event}`, notification);
    this.context.log.warn("Databricks would send an e-mail", { ...notification });
    const old = this.list().slice(0, -kept);
    if (old.length > 0) this.store.delete(...old.map((one) => `${one.run_id} ${one.event}`));
  }
}

/** Whether the job wants no e-mail of a run that ended without doing its work on purpose. */
function isMuted({ settings, life_cycle_state, result_state }: Run): boolean {
  const { notification_settings: muted, email_notifications: emails } = settings;
  const ofSkipped = muted?.no_alert_for_skipped_runs ?? emails?.no_alert_for_skipped_runs ?? false;
  if (life_cycle_state === "SKIPPED") return ofSkipped;
  return result_state === "CANCELED" && (muted?.no_alert_for_canceled_runs ?? false);
}

/** `/twin/notifications`: the twin's own. */
export function notificationRoutes(app: FastifyInstance, notifications: Notifications): void {
  app.get("/twin/notifications", async () => ({ notifications: notifications.list() }));
}
