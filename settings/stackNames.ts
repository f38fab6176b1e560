import { keyName, type Problem, setCommand, show } from "./problems";

/** The names that come of the stack's own where the configuration gives none, and what Azure takes for one. */
const defaults = {
  resourceGroupName: { of: (stack: string) => `rg-streaming-${stack}`, longest: 90 },
  // Among a workspace's letters there is no period.
  databricksWorkspaceName: { of: (stack: string) => `streaming-${stack.replaceAll(".", "-")}`, longest: 64 },
};

type Names = { [K in keyof typeof defaults]: string };

/** The group's and the workspace's name. */
export function stackNames(values: Partial<Names>, stack: string): Names {
  const name = (key: keyof Names) => values[key] ?? defaults[key].of(stack);
  return {
    resourceGroupName: name("resourceGroupName"),
    databricksWorkspaceName: name("databricksWorkspaceName"),
  };
}

/**
 * What is wrong with names that are made of the stack's: Pulumi takes stacks of up to 100 letters, digits, hyphens,
 * underscores and periods, which is more than Azure does.
 */
export function stackNameProblems(values: Partial<Names>, stack: string): Problem[] {
  return (Object.keys(defaults) as (keyof Names)[]).flatMap((key) => {
    const { of, longest } = defaults[key];
    const name = of(stack);
    const isGood = name.length <= longest && !name.endsWith(".");
    // A name that is given is checked by itself.
    if (isGood || !(key in values) || values[key] !== undefined) return [];
    const good = name.slice(0, longest).replace(/[.-]+$/, "");
    return [
      {
        key: keyName(key),
        got: `nothing, and so ${show(name)} of the stack's name, ${name.length} characters`,
        needs: `a name of at most ${longest} characters${name.endsWith(".") ? ' that does not end in "."' : ""}`,
        fix: [setCommand(key, good)],
      },
    ];
  });
}
