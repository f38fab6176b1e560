import { existsSync } from "node:fs";
import type { News } from "../display";
import { megabytes } from "../display/words";
import { withClassData } from "../engines/kafka/archive";
import { archiveFile, kafkaJava } from "../engines/kafka/java";
import { buildClassArchive, currentArchive } from "../engines/spark/classArchive";
import type { ToolPaths } from "../paths";
import { datasetInfo, prepareDataset } from "./dataset";
import { bytesOf, classpath, downloadJars, missingJars } from "./jars";
import { networkToolsAreReady, unpackNetworkTools } from "./networkTools";
import { installPlugins, pluginsAreCurrent } from "./plugins";
import { javaBinary } from "./prerequisites";
import { describePulumi, preparePulumi, pulumiOrigin } from "./pulumi";
import { compileRunner, runnerIsCurrent } from "./runner";

/** One thing that a fresh machine lacks. */
export interface Step {
  name: string;
  /** What it is, and what it costs to get, in words for people. */
  what(): string;
  /** Whether nothing is to be done. Takes milliseconds. Asked only once `after` is done. */
  isReady(): boolean;
  /** Does it, and tells how far it is. Resolves with a remark on what came of it, or without. */
  run(tell: (news: News) => void): Promise<unknown>;
  /** Name of the step that must be done before. */
  after?: string;
  /** Whether it needs all cores: such steps run one after another. */
  heavy?: boolean;
  /** For a step that is not needed: what it is like without. A failure is told then, and no more. */
  optional?: string;
}

/** The steps of set-up, in no order but their `after`. */
export function setupSteps(tools: ToolPaths): Step[] {
  const brokers = () => kafkaJava(javaBinary(), classpath("kafka", tools.jars));
  return [
    {
      name: "jars",
      what: () => `Kafka, Spark and their libraries: ${megabytes(bytesOf(missingJars(tools.jars)))}`,
      isReady: () => missingJars(tools.jars).length === 0,
      run: async (tell) => {
        const { totalBytes, totalFiles } = await downloadJars({ jars: tools.jars, onProgress: tell });
        return `${totalFiles} files, ${megabytes(totalBytes)}`;
      },
    },
    ...engineSteps(tools),
    {
      name: "data set",
      what: () => "public tweets for the producer to send: 5 MB",
      isReady: () => datasetInfo(tools.dataset) !== undefined,
      run: async () => (await prepareDataset(tools.dataset)).description,
    },
    {
      name: "network tools",
      what: () => "`ip` and `nft`, of the system's packages: 5 MB",
      isReady: () => networkToolsAreReady(tools),
      run: () => unpackNetworkTools(tools),
      optional: "there will be no network namespaces, only loopback addresses",
    },
    {
      name: "Kafka's class archive",
      what: () => "lets brokers start faster: some seconds",
      isReady: () => existsSync(archiveFile(brokers(), tools.root)),
      run: () =>
        withClassData(brokers(), tools.root, (reason) => {
          throw reason;
        }),
      after: "jars",
      heavy: true,
      optional: "it works without, only slower",
    },
    {
      name: "notebook runner",
      what: () => "compiled here: half a minute",
      isReady: () => runnerIsCurrent({ tools }),
      run: () => compileRunner({ tools }),
      after: "jars",
      heavy: true,
    },
    {
      name: "Spark's class archive",
      what: () => "lets notebooks start faster: up to a minute",
      isReady: () => currentArchive(tools) !== undefined,
      run: () => buildClassArchive(tools),
      after: "notebook runner",
      heavy: true,
      optional: "it works without, only slower",
    },
  ];
}

/** The steps that are not done. One is not asked, and is missing, while the one before it is. */
export function missingSteps(steps: readonly Step[]): Step[] {
  const missing: Step[] = [];
  for (const step of steps) {
    if (missing.some(({ name }) => name === step.after) || !step.isReady()) missing.push(step);
  }
  return missing;
}

/** What the Pulumi engine needs: itself, and the plugins of this project's providers. */
export function engineSteps(tools: ToolPaths): Step[] {
  return [
    {
      name: "pulumi",
      what: () => "yours, else downloaded, else built (5 to 12 minutes)",
      isReady: () => pulumiOrigin(tools) !== undefined,
      run: async (tell) => describePulumi(await preparePulumi({ tools, onProgress: tell })),
      heavy: true,
    },
    {
      name: "provider plugins",
      what: () => "put together here: a second",
      isReady: () => pluginsAreCurrent(tools),
      run: () => installPlugins(tools),
    },
  ];
}
