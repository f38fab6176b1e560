import * as path from "node:path";
import type { Durations } from "../../local/controlPlane";
import { EngineBench } from "../engine/stack";
import { deploy } from "../engine/timeline";
import { figure } from "../measure/figure";
import type { Bench, Context, Findings, TimelineStep } from "../model";

/**
 * Minutes that Azure takes. A Kafka cluster: "about 20 minutes", in Azure's documentation of HDInsight; a Spark cluster: four
 * to five, in Databricks' own words without a pool. The others are estimates.
 */
export const minutes = {
  kafkaCluster: 20,
  kafkaRestart: 4,
  workspace: 4,
  workspaceReady: 1,
  sparkStart: 5,
  peering: 0.5,
};

/** Seconds that stand for a minute of Azure's, in one deployment and in the other. */
const scales = { fast: 1, slow: 3 };

/** What a deployment from nothing cannot do at the same time: brokers cannot be told their addresses before they run. */
const longestChain = minutes.kafkaCluster + minutes.kafkaRestart;

/** `pulumi up` from nothing, with services that take their time. */
export const deployment: Bench = {
  about: "`pulumi up` from nothing, where each service takes as long as Azure's, on a smaller scale",
  async run({ folder, rounds, progress }: Context): Promise<Findings> {
    const found = { fast: [] as number[], slow: [] as number[] };
    let timeline: TimelineStep[] = [];
    for (let round = 0; round < rounds(2); round++) {
      for (const pace of ["fast", "slow"] as const) {
        progress(`deploying, with ${scales[pace]} s for a minute of Azure's`);
        const bench = await EngineBench.start(path.join(folder, `${pace}-${round}`), scaled(scales[pace]));
        try {
          const { seconds, steps } = await deploy(bench, await bench.project());
          found[pace].push(seconds);
          timeline = steps;
        } finally {
          await bench.close();
        }
      }
    }
    const stretched = found.slow.map((slow, round) => atAzuresPace(found.fast[round] as number, slow));
    return {
      figures: [
        figure(
          "s",
          { name: "deployment from nothing, at Azure's pace", samples: stretched.map(({ total }) => total) },
          { name: `the longest chain: ${longestChain} minutes`, samples: [longestChain * 60] },
          { of: "ratio", is: "at most", limit: 1.05 },
        ),
        figure("s", { name: "of that: engine and program", samples: stretched.map(({ own }) => own) }),
      ],
      timeline,
    };
  },
};

/**
 * What a deployment would take in Azure, in seconds, from what it took on both scales: what grows with the scale is the
 * services', and grows on to 60 seconds for a minute; what does not is the engine's and the program's own.
 */
export function atAzuresPace(fast: number, slow: number): { total: number; own: number } {
  const servicesMinutes = (slow - fast) / (scales.slow - scales.fast);
  const own = fast - servicesMinutes * scales.fast;
  return { total: servicesMinutes * 60 + own, own };
}

function scaled(scale: number): Durations {
  const ms = (count: number) => count * scale * 1000;
  const operations: Record<string, number> = {
    "Microsoft.HDInsight/clusters": minutes.kafkaCluster,
    "Microsoft.Databricks/workspaces": minutes.workspace,
    "Microsoft.Databricks/workspaces/virtualNetworkPeerings": minutes.peering,
    "Microsoft.Network/virtualNetworks/virtualNetworkPeerings": minutes.peering,
  };
  return {
    operation: (type, verb) => (verb === "put" ? ms(operations[type] ?? 0) : 0),
    kafkaRestart: ms(minutes.kafkaRestart),
    workspaceReady: ms(minutes.workspaceReady),
    sparkStart: ms(minutes.sparkStart),
  };
}
