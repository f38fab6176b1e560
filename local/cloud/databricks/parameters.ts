/** What `{{...}}` in a task's parameters can name. */
export interface ReferenceValues {
  job: {
    id: number;
    name: string;
    runId: number;
    startTime: number;
    triggerType: string;
    parameters: Record<string, string>;
  };
  task: { name: string; runId: number; attempt: number };
  workspace: { id: string; url: string };
}

/**
 * The widgets of a notebook run. Later ones win: the task's `base_parameters`, run-now's `notebook_params`, the job's
 * parameters. `{{job.id}}`, `{{job.parameters.<name>}}` and their like are replaced; what the twin does not know stays.
 */
export function notebookParameters(
  base: Record<string, string>,
  notebookParams: Record<string, string>,
  values: ReferenceValues,
): Record<string, string> {
  const merged = { ...base, ...notebookParams };
  const replaced = Object.entries(merged).map(([name, value]) => [name, replaceReferences(value, values)] as const);
  return { ...Object.fromEntries(replaced), ...values.job.parameters };
}

/** Replaces dynamic value references in one text. */
export function replaceReferences(text: string, values: ReferenceValues): string {
  return text.replace(/\{\{\s*([\w.-]+)\s*\}\}/g, (whole, name: string) => referenced(name, values) ?? whole);
}

function referenced(name: string, { job, task, workspace }: ReferenceValues): string | undefined {
  const parameter = /^job\.parameters\.(.+)$/.exec(name)?.[1];
  if (parameter !== undefined) return Object.hasOwn(job.parameters, parameter) ? job.parameters[parameter] : undefined;
  const started = new Date(job.startTime).toISOString();
  const known: Record<string, string | number> = {
    "job.id": job.id,
    "job.name": job.name,
    "job.run_id": job.runId,
    "job.trigger.type": job.triggerType.toLowerCase(),
    "job.start_time.iso_date": started.slice(0, 10),
    "job.start_time.iso_datetime": started,
    "job.start_time.timestamp_ms": job.startTime,
    "task.name": task.name,
    "task.run_id": task.runId,
    "task.execution_count": task.attempt + 1,
    "workspace.id": workspace.id,
    "workspace.url": workspace.url,
  };
  return Object.hasOwn(known, name) ? String(known[name]) : undefined;
}
