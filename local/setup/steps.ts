import { existsSync } from "node:fs";
import { withClassData } from "../engines/kafka/archive";
import { archiveFile, kafkaJava } from "../engines/kafka/java";
import { buildClassArchive, currentArchive } from "../engines/spark/classArchive";
import type { ToolPaths } from "../paths";
import { datasetInfo, prepareDataset } from "./dataset";
import { classpath, downloadJars, missingJars } from "./jars";
import { networkToolsAreReady, unpackNetworkTools } from "./networkTools";
import { installPlugins, pluginsAreCurrent } from "./plugins";
import { javaBinary } from "./prerequisites";
import { preparePulumi, pulumiOrigin } from "./pulumi";
import { compileRunner, runnerIsCurrent } from "./runner";

/** One thing that a fresh machine lacks. */
export interface Step {
  name: string;
  /** Whether nothing is to be done. Takes milliseconds. Asked only once `after` is done. */
  isReady(): boolean;
  /** Does it, and tells how far it is. */
  run(onProgress: (text: string) => void): Promise<unknown>;
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
      isReady: () => missingJars(tools.jars).length === 0,
      run: (onProgress) => downloadJars({ jars: tools.jars, onProgress: everyTenth(onProgress) }),
    },
    ...engineSteps(tools),
    {
      name: "data set",
      isReady: () => datasetInfo(tools.dataset) !== undefined,
      run: () => prepareDataset(tools.dataset),
    },
    {
      name: "network tools",
      isReady: () => networkToolsAreReady(tools),
      run: () => unpackNetworkTools(tools),
      optional: "there will be no network namespaces, only loopback addresses",
    },
    {
      name: "Kafka's class archive",
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
      isReady: () => runnerIsCurrent({ tools }),
      run: () => compileRunner({ tools }),
      after: "jars",
      heavy: true,
    },
    {
      name: "Spark's class archive",
      isReady: () => currentArchive(tools) !== undefined,
      run: () => buildClassArchive(tools),
      after: "notebook runner",
      heavy: true,
      optional: "it works without, only slower",
    },
  ];
}

/** What the Pulumi engine needs: itself, and the plugins of this project's providers. */
export function engineSteps(tools: ToolPaths): Step[] {
  return [
    {
      name: "pulumi",
      isReady: () => pulumiOrigin(tools) !== undefined,
      run: (onProgress) => preparePulumi({ tools, onProgress }),
      heavy: true,
    },
    {
      name: "provider plugins",
      isReady: () => pluginsAreCurrent(tools),
      run: () => installPlugins(tools),
    },
  ];
}

/** Megabytes, told at every tenth of the way. */
function everyTenth(onProgress: (text: string) => void) {
  let told = 0;
  return ({ bytes, totalBytes }: { bytes: number; totalBytes: number }) => {
    const tenth = Math.floor((bytes / totalBytes) * 10);
    if (tenth <= told) return;
    told = tenth;
    const megabytes = (count: number) => Math.round(count / 1e6);
    onProgress(`${megabytes(bytes)} of ${megabytes(totalBytes)} MB`);
  };
}
