import { EngineBench, type Program } from "../engine/stack";
import { type Cost, measure } from "../measure/command";
import { figure } from "../measure/figure";
import { interleave } from "../measure/interleave";
import type { Bench, Context, Figure, Findings, Target } from "../model";

/** Nothing but the providers that the project's program uses: the engine starts the same plugins. */
const providersOnly = `
import { Provider as AzureNative } from "@pulumi/azure-native/provider";
import { Provider as Command } from "@pulumi/command/provider";
import { Provider as Databricks } from "@pulumi/databricks/provider";
new AzureNative("azure-native");
new Command("command");
new Databricks("databricks", { host: "https://localhost", token: "none", authType: "pat" });
`;

/** What a user waits for most often: `pulumi preview`, against programs that do nothing. */
export const preview: Bench = {
  about: "`pulumi preview` of the project against that of an empty program, with the same engine and plugins",
  async run({ folder, rounds, progress }: Context): Promise<Findings> {
    const bench = await EngineBench.start(folder);
    try {
      const project = await bench.project();
      const empty = await bench.other("empty", "export {};\n");
      const providers = await bench.other("providers", providersOnly);
      const run = (program: Program) => () => {
        const { file, args, cwd, env } = bench.command(program, ["preview"]);
        return measure(file, args, { cwd, env });
      };
      const subjects = { project: run(project), providers: run(providers), empty: run(empty) };

      progress("preview with all to create");
      const create = await interleave(subjects, rounds(7));
      progress("deploying, so that there is nothing to change");
      for (const program of [project, providers, empty]) await bench.cli(program, ["up", "--yes", "--skip-preview"]);
      progress("preview with nothing to change");
      const nothing = await interleave(subjects, rounds(7));
      return { figures: [...figures("all to create", create), ...figures("nothing to change", nothing)] };
    } finally {
      await bench.close();
    }
  },
};

const target: Target = { of: "ratio", is: "at most", limit: 1.3 };

function figures(
  when: string,
  { project, providers, empty }: Record<"project" | "providers" | "empty", Record<keyof Cost, number[]>>,
): Figure[] {
  const of = (what: string, quantity: keyof Cost, unit: "s" | "MB") =>
    figure(
      unit,
      { name: `preview, ${when}: ${what}`, samples: project[quantity] },
      { name: "the same providers and nothing else", samples: providers[quantity] },
      target,
    );
  return [
    of("wall time", "seconds", "s"),
    of("processor time", "cpuSeconds", "s"),
    of("peak memory", "peakMB", "MB"),
    figure(
      "s",
      { name: `preview, ${when}: wall time, beside no provider`, samples: project.seconds },
      { name: "a program without a line", samples: empty.seconds },
    ),
  ];
}
