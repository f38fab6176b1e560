import { readFileSync } from "node:fs";
import * as path from "node:path";
import { linearRegression } from "simple-statistics";
import { projectRoot } from "../../local/paths";
import { Commits } from "../engine/commits";
import { EngineBench, type Program } from "../engine/stack";
import { type Cost, measure } from "../measure/command";
import { figure } from "../measure/figure";
import { interleave, type Subject } from "../measure/interleave";
import type { Bench, Context, Figure, Findings } from "../model";

type Samples = Record<string, Record<keyof Cost, number[]>>;

/** What grows, and the sizes that it is measured at. The first is what the others are compared with. */
const sizes = { topics: [1, 50, 200], jobs: [1, 10, 50], stacks: [1, 3, 10] } as const;

/** How a preview and a report grow with what they are of. */
export const scale: Bench = {
  about: "`pulumi preview` by number of topics and of jobs, and `npm run diff` by number of stacks",
  async run({ folder, rounds, progress }: Context): Promise<Findings> {
    const bench = await EngineBench.start(path.join(folder, "engine"));
    try {
      const preview = (program: Program) => {
        const { file, args, cwd, env } = bench.command(program, ["preview"]);
        return measure(file, args, { cwd, env });
      };
      progress("previews by number of topics");
      const topics = await bySize(sizes.topics, rounds(5), async (count) => {
        const program = await bench.project({ topics: topicsOf(count) }, `topics-${count}`);
        return () => preview(program);
      });
      progress("previews by number of jobs");
      const jobs = await bySize(sizes.jobs, rounds(5), async (count) => {
        const program = await bench.other(`jobs-${count}`, programOf(count));
        return () => preview(program);
      });
      progress("reports by number of stacks");
      const commits = await Commits.open(path.join(folder, "commits"));
      const stacks = await bySize(sizes.stacks, rounds(2), async (count) => {
        const report = await reportOf(commits, count);
        return () => measure(process.execPath, report.args, { cwd: projectRoot, env: report.env });
      });
      return {
        figures: [
          ...figures("preview", "topic", topics),
          ...figures("preview", "notebook job", jobs),
          ...figures("diff", "stack", stacks),
        ],
      };
    } finally {
      await bench.close();
    }
  },
};

const topicsOf = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    ...{ name: index === 0 ? "tweets" : `topic-${index}`, partitions: 4, replicationFactor: 3 },
    config: { "min.insync.replicas": 2 },
  }));

/** A program with nothing but notebooks and their jobs. */
function programOf(jobs: number): string {
  const notebook = path.join(projectRoot, "notebooks", "KafkaConsumer.scala");
  return `
import * as databricks from "@pulumi/databricks";
import { NotebookJob } from ${JSON.stringify(path.join(projectRoot, "components"))};
const provider = new databricks.Provider("databricks", { host: "https://localhost", token: "none", authType: "pat" });
for (let job = 0; job < ${jobs}; job++) {
  new NotebookJob(\`job-\${job}\`, {
    workspace: { provider },
    notebookFile: ${JSON.stringify(notebook)},
    notebookPath: \`/Shared/bench/job-\${job}\`,
    parameters: { topic: "tweets" },
    sparkVersion: "16.4.x-scala2.12",
    nodeType: "Standard_D4ds_v5",
    workers: 1,
    user: "operator@example.com",
  });
}
`;
}

/** A report of some stacks that are like `dev`, each with bigger brokers in the newer commit. */
async function reportOf(commits: Commits, count: number) {
  const dev = readFileSync(path.join(projectRoot, "Pulumi.dev.yaml"), "utf8");
  const names = Array.from({ length: count }, (_, index) => `bench${index}`);
  const files = (text: string) => Object.fromEntries(names.map((name) => [`Pulumi.${name}.yaml`, text]));
  const base = await commits.add(files(dev));
  const head = await commits.add(
    files(dev.replace("kafkaWorkerSize: Standard_E4ads_v5", "kafkaWorkerSize: Standard_E8ads_v5")),
  );
  const compared = ["--base", base, "--head", head, ...names.flatMap((name) => ["--stack", name])];
  return { args: ["local/bootstrap.mjs", "run", "tools/diff.ts", ...compared], env: commits.env };
}

async function bySize(
  counts: readonly number[],
  rounds: number,
  subject: (count: number) => Promise<Subject<keyof Cost>>,
): Promise<Samples> {
  const subjects: Record<string, Subject<keyof Cost>> = {};
  for (const count of counts) subjects[count] = await subject(count);
  return interleave(subjects, rounds);
}

function figures(command: string, what: string, found: Samples): Figure[] {
  const counts = Object.keys(found).map(Number);
  const [one = 1, ...many] = counts;
  return (["seconds", "peakMB"] as const).flatMap((quantity) => {
    const unit = quantity === "seconds" ? "s" : "MB";
    const reference = { name: `${command}, ${one} ${what}: ${inWords[quantity]}`, samples: found[one][quantity] };
    return [
      ...many.map((count) =>
        figure(
          unit,
          { name: `${command}, ${count} ${what}s: ${inWords[quantity]}`, samples: found[count][quantity] },
          reference,
        ),
      ),
      figure(quantity === "seconds" ? "ms" : "MB", {
        name: `${command}, each further ${what}: ${inWords[quantity]}`,
        samples: [slope(found, quantity) * (quantity === "seconds" ? 1000 : 1)],
      }),
    ];
  });
}

const inWords = { seconds: "wall time", peakMB: "peak memory" };

/** By how much a quantity grows with each further one: the line through all samples. */
export function slope(found: Record<string, Record<string, number[]>>, quantity: string): number {
  const points = Object.entries(found).flatMap(([count, samples]) =>
    samples[quantity].map((value): [number, number] => [Number(count), value]),
  );
  return linearRegression(points).m;
}
