import { type TopicSpec, topicsScript } from "../../components/kafka/topicsScript";
import type { HeadNode } from "../../tools/rebalance/headNode";
import { DeployedTwin } from "../engine/twin";
import { figure } from "../measure/figure";
import { interleave } from "../measure/interleave";
import type { Bench, Context, Figure, Findings } from "../model";

/** Numbers of topics. The first is what the others are compared with. */
const counts = [1, 10, 100, 500] as const;

/** What is done to topics, one after the other, each by one script in one session. */
type Step = "create" | "alter" | "change nothing in";

/** What `KafkaTopics` does on the head node, for one topic and for many. */
export const topics: Bench = {
  about: "topics made and altered over SSH, many against one",
  async run({ folder, rounds, progress, atEnd }: Context): Promise<Findings> {
    progress("deploying the topology");
    // The jobs end at once and leave the machine alone.
    const twin = await DeployedTwin.deploy(folder, {
      trigger: "availableNow",
      stopAfter: "1",
      sparkInteractiveCluster: "false",
    });
    atEnd(() => twin.stop());
    const run = (script: string) => inSession(twin, (node) => node.run(script));
    const fresh = names();
    const subject = (count: number) => async () => {
      progress(`${count} topics`);
      const wanted = fresh(count);
      const apply = async (specs: TopicSpec[]) => timed(() => run(topicsScript(twin.bootstrapServers, specs)));
      const create = await apply(wanted.map((name) => spec(name, 1, "3600000")));
      const altered = wanted.map((name) => spec(name, 2, "7200000"));
      const alter = await apply(altered);
      const nothing = await apply(altered);
      // What one round leaves would weigh on the next.
      await run(
        topicsScript(
          twin.bootstrapServers,
          altered.map((topic) => ({ ...topic, deleted: true })),
        ),
      );
      return { create, alter, "change nothing in": nothing } satisfies Record<Step, number>;
    };
    const subjects = Object.fromEntries(counts.map((count) => [String(count), subject(count)]));
    const found = await interleave<string, Step>(subjects, rounds(3));
    return { figures: (["create", "alter", "change nothing in"] as const).flatMap((step) => figures(step, found)) };
  },
};

function figures(step: Step, found: Record<string, Record<Step, number[]>>): Figure[] {
  const [one, ...many] = counts;
  const reference = { name: `${step} ${one} topic`, samples: found[one][step] };
  return [
    figure("s", reference),
    ...many.map((count) =>
      figure(
        "s",
        { name: `${step} ${count} topics`, samples: found[count][step] },
        reference,
        count === 100 ? { of: "ratio", is: "at most", limit: 2 } : undefined,
      ),
    ),
  ];
}

const spec = (name: string, partitions: number, retention: string): TopicSpec => ({
  name,
  partitions,
  replicationFactor: 3,
  config: { "retention.ms": retention },
});

/** Names that were not given out before. */
function names(): (count: number) => string[] {
  let last = 0;
  return (count) => Array.from({ length: count }, () => `bench-${++last}`);
}

/** The time to connect is part of what a deployment waits for. */
async function inSession<T>(twin: DeployedTwin, work: (node: HeadNode) => Promise<T>): Promise<T> {
  const node = await twin.headNode();
  try {
    return await work(node);
  } finally {
    node.close();
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begin = performance.now();
  await work();
  return (performance.now() - begin) / 1000;
}
