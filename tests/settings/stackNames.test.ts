import { describe, expect, it } from "vitest";
import { keys } from "../../settings/keys";
import { stackNameProblems, stackNames } from "../../settings/stackNames";

const unset = { resourceGroupName: undefined, databricksWorkspaceName: undefined };

describe("names that are made of the stack's", () => {
  it.each(["dev", "s".repeat(54), "a.b_c-1"])("are accepted of stack %s, by their keys' own rules too", (stack) => {
    expect(stackNameProblems(unset, stack)).toEqual([]);
    const { resourceGroupName, databricksWorkspaceName } = stackNames(unset, stack);
    expect(keys.resourceGroupName.schema.safeParse(resourceGroupName).success).toBe(true);
    expect(keys.databricksWorkspaceName.schema.safeParse(databricksWorkspaceName).success).toBe(true);
  });

  it("give way to those that are set", () => {
    const set = { resourceGroupName: "group", databricksWorkspaceName: "spark" };
    expect(stackNames(set, "dev")).toEqual(set);
    expect(stackNameProblems(set, "s".repeat(100))).toEqual([]);
  });

  it("are left to the keys' own rules where those have found something", () => {
    expect(stackNameProblems({}, "s".repeat(100))).toEqual([]);
  });

  it("are refused where they are too long, with a name that is not", () => {
    expect(stackNameProblems(unset, "s".repeat(55))).toEqual([
      {
        key: "streaming:databricksWorkspaceName",
        got: `nothing, and so "streaming-${"s".repeat(55)}" of the stack's name, 65 characters`,
        needs: "a name of at most 64 characters",
        fix: [`pulumi config set streaming:databricksWorkspaceName streaming-${"s".repeat(54)}`],
      },
    ]);
    const keysOf = (stack: string) => stackNameProblems(unset, stack).map(({ key }) => key);
    expect(keysOf("s".repeat(77))).toEqual(["streaming:databricksWorkspaceName"]);
    expect(keysOf("s".repeat(78))).toEqual(["streaming:resourceGroupName", "streaming:databricksWorkspaceName"]);
  });

  it("are refused where Azure takes no such end", () => {
    expect(stackNameProblems(unset, "v1.")).toEqual([
      {
        key: "streaming:resourceGroupName",
        got: `nothing, and so "rg-streaming-v1." of the stack's name, 16 characters`,
        needs: 'a name of at most 90 characters that does not end in "."',
        fix: ["pulumi config set streaming:resourceGroupName rg-streaming-v1"],
      },
    ]);
  });
});
