import { readFileSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { projectRoot } from "../../local/paths";
import { measure } from "../measure/command";
import { figure } from "../measure/figure";
import { interleave } from "../measure/interleave";
import type { Bench, Context, Findings } from "../model";

/**
 * What Node takes to load the program's modules, compiled as Pulumi's language host has them compiled: by ts-node, which
 * leaves the types alone where tsconfig.json says `noCheck` (cmd/run/run.js of `@pulumi/pulumi`).
 */
export const load: Bench = {
  about: "what the program imports, loaded by Node as Pulumi's language host loads it",
  async run({ folder, rounds, progress }: Context): Promise<Findings> {
    const { noCheck } = compilerOptions();
    const loading = (name: string, modules: readonly string[]) => {
      const script = path.join(folder, `${name}.cjs`);
      writeFileSync(script, loader(modules, noCheck));
      return () => measure(process.execPath, [script], { cwd: projectRoot });
    };
    const modules = imports(readFileSync(path.join(projectRoot, "index.ts"), "utf8"));
    progress(`${modules.length} imports of index.ts`);
    const { program, runtime } = await interleave(
      { program: loading("program", modules), runtime: loading("runtime", ["@pulumi/pulumi"]) },
      rounds(9),
    );
    const reference = "`@pulumi/pulumi` alone";
    return {
      figures: [
        figure(
          "s",
          { name: "program load: wall time", samples: program.seconds },
          { name: reference, samples: runtime.seconds },
          { of: "value", is: "at most", limit: 1 },
        ),
        figure(
          "MB",
          { name: "program load: peak memory", samples: program.peakMB },
          { name: reference, samples: runtime.peakMB },
          { of: "value", is: "at most", limit: 150 },
        ),
      ],
    };
  },
};

/** What a module imports at run time. */
export function imports(source: string): string[] {
  return [...source.matchAll(/^import (?!type\b).*?from "(.+)";$/gm)].map(([, name = ""]) => name);
}

function compilerOptions(): { noCheck: boolean } {
  const text = readFileSync(path.join(projectRoot, "tsconfig.json"), "utf8");
  return (JSON.parse(text) as { compilerOptions: { noCheck: boolean } }).compilerOptions;
}

function loader(modules: readonly string[], transpileOnly: boolean): string {
  const options = { transpileOnly, project: path.join(projectRoot, "tsconfig.json") };
  return [
    `const load = require("node:module").createRequire(${JSON.stringify(path.join(projectRoot, "index.ts"))});`,
    `load("ts-node").register(${JSON.stringify(options)});`,
    ...modules.map((name) => `load(${JSON.stringify(name)});`),
    // Pulumi's runtime keeps a process alive that no engine talks to.
    "process.exit();",
  ].join("\n");
}
