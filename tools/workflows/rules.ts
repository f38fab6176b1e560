import { isScalar, parse, parseDocument, visit } from "yaml";

/** A workflow, or the description of an action of this repository, as far as the rules look at it. */
interface Parsed {
  on?: string | string[] | Record<string, unknown>;
  permissions?: Permissions;
  env?: Record<string, unknown>;
  jobs?: Record<string, Job>;
  runs?: { steps?: Step[] };
}

type Permissions = string | Record<string, string>;

interface Job {
  permissions?: Permissions;
  env?: Record<string, unknown>;
  "timeout-minutes"?: number;
  steps?: Step[];
  uses?: string;
}

interface Step {
  uses?: string;
  run?: string;
  with?: Record<string, unknown>;
}

/**
 * What keeps a workflow from being turned against its repository, beyond what actionlint knows. After GitHub's own
 * advice: https://docs.github.com/en/actions/reference/security/secure-use
 *
 * @param text a workflow, or the `action.yml` of an action of this repository
 * @returns what is wrong with it, each in one line
 */
export function securityProblems(text: string): string[] {
  const parsed = parse(text) as Parsed;
  const jobs = Object.entries(parsed.jobs ?? {});
  const steps = [...jobs.flatMap(([, job]) => job.steps ?? []), ...(parsed.runs?.steps ?? [])];
  const events = eventsOf(parsed);
  return [
    ...usesOf(text).flatMap(pinProblems),
    ...steps.flatMap(stepProblems),
    ...(parsed.jobs && parsed.permissions === undefined
      ? ["There is no `permissions` for all jobs: begin with `permissions: {}`, and give each job what it needs."]
      : []),
    ...jobs.flatMap(([name, job]) => jobProblems(name, job)),
    ...[parsed.env, ...jobs.map(([, job]) => job.env)].flatMap(loginProblems),
    ...(events.includes("pull_request_target")
      ? [
          "`pull_request_target` has secrets where code of strangers is at hand: use `pull_request`, and `workflow_run` to write.",
        ]
      : []),
    ...(events.includes("pull_request") ? strangersProblems(parsed, jobs) : []),
    ...(events.includes("workflow_run") ? [...foreignProblems(steps), ...steps.flatMap(cacheProblems)] : []),
    ...jobs
      .filter(([, { permissions = parsed.permissions }]) => mayLogIn(permissions))
      .flatMap(([, job]) => (job.steps ?? []).flatMap(cacheProblems)),
  ];
}

function eventsOf({ on = [] }: Parsed): string[] {
  if (typeof on === "string") return [on];
  return Array.isArray(on) ? on : Object.keys(on);
}

/** What stands behind each `uses`, wherever it is, with its comment. */
function usesOf(text: string): string[] {
  const used: string[] = [];
  visit(parseDocument(text), {
    Pair(_, { key, value }) {
      if (!isScalar(key) || key.value !== "uses" || !isScalar(value)) return;
      used.push(`${value.value}${value.comment ? ` #${value.comment}` : ""}`);
    },
  });
  return used;
}

/** A tag or a branch can be moved to other code; the comment is what updates are made by. */
function pinProblems(used: string): string[] {
  if (used.startsWith("./") || /^[\w.-]+(?:\/[\w.-]+)+@[0-9a-f]{40} # v\d+(?:\.\d+)*$/.test(used)) return [];
  return [`\`uses: ${used}\` can become other code: write it as OWNER/NAME@COMMIT # vVERSION, with all 40 digits.`];
}

function stepProblems({ uses = "", run = "", with: inputs = {} }: Step): string[] {
  const problems: string[] = [];
  const [expression] = /\$\{\{.*?\}\}/s.exec(run) ?? [];
  if (expression) {
    problems.push(`\`${expression}\` is put into a script as it is: give it to the step as a variable, by \`env\`.`);
  }
  if (uses.startsWith("actions/checkout@") && inputs["persist-credentials"] !== false) {
    problems.push("A checkout keeps the token where every later step can read it: set `persist-credentials: false`.");
  }
  return problems;
}

function jobProblems(name: string, job: Job): string[] {
  return [
    ...(job.permissions === undefined || typeof job.permissions === "string"
      ? [`Job \`${name}\` does not list its \`permissions\`.`]
      : []),
    // Without one a job that hangs is paid for six hours.
    ...(job["timeout-minutes"] === undefined && !job.uses ? [`Job \`${name}\` has no \`timeout-minutes\`.`] : []),
  ];
}

/** A variable of all steps is one of the scripts that packages bring, too. */
function loginProblems(env: Record<string, unknown> = {}): string[] {
  return Object.entries(env)
    .filter(([, value]) => /\$\{\{.*(?:\bsecrets\b|\bgithub\s*(?:\.\s*token|\[\s*'token)).*\}\}/s.test(String(value)))
    .map(([name]) => `\`${name}\` gives a login to every step: give it to those that need it, by their own \`env\`.`);
}

/** Whether an expression somewhere in the workflow uses secrets, one of them or all; or whether all are handed on. */
function namesSecrets(value: unknown, key = ""): boolean {
  if (typeof value === "object" && value !== null) {
    return Object.entries(value).some(([name, item]) => name === "secrets" || namesSecrets(item, name));
  }
  const text = String(value);
  // A condition is an expression without the braces, too.
  const expressions = key === "if" ? [text] : (text.match(/\$\{\{.*?\}\}/gs) ?? []);
  return expressions.some((each) => /\bsecrets\b/i.test(each));
}

/** Of a workflow that runs the code of whoever opens a pull request. */
function strangersProblems(workflow: Parsed, jobs: [string, Job][]): string[] {
  const { permissions } = workflow;
  const granted = [permissions, ...jobs.map(([, job]) => job.permissions)].flatMap((each) =>
    each && typeof each === "object" ? Object.entries(each) : [],
  );
  return [
    ...(namesSecrets(workflow) ? ["It runs the code of pull requests, and names secrets."] : []),
    ...granted
      .filter(([, access]) => access === "write")
      .map(([name]) => `It runs the code of pull requests, and may write: \`${name}: write\`.`),
  ];
}

const defaultBranch = `\${{ github.event.repository.default_branch }}`;

/** Of a workflow that may write, and comes after one that ran the code of a pull request. */
function foreignProblems(steps: Step[]): string[] {
  return steps
    .filter(({ uses = "", with: inputs = {} }) => uses.startsWith("actions/checkout@") && inputs.ref !== defaultBranch)
    .map(() => "After `workflow_run` only the default branch may be checked out: its code runs with more rights.");
}

/** Whether a job can get a token by which a cloud knows it. */
function mayLogIn(permissions: Permissions | undefined): boolean {
  return permissions === "write-all" || (typeof permissions === "object" && permissions["id-token"] === "write");
}

/**
 * Of a step that has more rights than the runs which may have filled a cache: those of pull requests, and any job of the
 * default branch. `keep` is the input of this project's own action.
 */
function cacheProblems({ uses = "", with: inputs = {} }: Step): string[] {
  const keeps = inputs.cache ?? inputs.keep;
  const isCached = uses.startsWith("actions/cache") || (keeps !== undefined && String(keeps) !== "false");
  return isCached
    ? [`\`${uses}\` takes from a cache what other runs put there, and executes it with more rights.`]
    : [];
}
