import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import * as hdinsight from "@pulumi/azure-native/hdinsight";
import { beforeAll, describe, expect, it } from "vitest";
import { Monitoring } from "../../components";
import { plain, Recording } from "../components/recording";
import { tables } from "./tables";

interface Diagnostic {
  Message: string;
}

/** Of Microsoft's own parser of KQL, what is used here; it is compiled from C# and lives in a global. */
interface Kusto {
  Language: {
    GlobalState: { Default: unknown };
    KustoCode: {
      ParseAndAnalyze(
        text: string,
        globals: unknown,
      ): { GetDiagnostics(): { Count: number; getItem(i: number): Diagnostic } };
    };
  };
}

let kusto: Kusto["Language"];
beforeAll(() => {
  const load = createRequire(__filename);
  load("@kusto/language-service-next/bridge.min");
  load("@kusto/language-service-next/Kusto.Language.Bridge.min");
  kusto = (globalThis as unknown as { Kusto: Kusto }).Kusto.Language;
}, 120_000);

/** What is wrong with a query on the tables that are known, in the parser's words. */
function problems(query: string): string[] {
  const known = Object.entries(tables).map(([name, columns]) => {
    const list = Object.entries(columns).map(([column, type]) => `${column}:${type}`);
    return `let ${name} = datatable(${list.join(", ")})[];`;
  });
  const found = kusto.KustoCode.ParseAndAnalyze(
    [...known, query].join("\n"),
    kusto.GlobalState.Default,
  ).GetDiagnostics();
  return Array.from({ length: found.Count }, (_, index) => found.getItem(index).Message);
}

/** The queries in a page, each with the question that it begins with. */
function inPage(file: string): [question: string, query: string][] {
  const blocks = [...readFileSync(file, "utf8").matchAll(/^```kusto\n(.*?)^```$/gms)].map(
    ([, query]) => query as string,
  );
  return blocks.map((query) => [query.split("\n")[0] ?? "", query]);
}

describe("the parser", () => {
  it.each([
    ["DatabricksJobs | where | take 1", /Missing expression/],
    ["DatabricksJobs | where ActionNam == 1", /ActionNam/],
    ["DatabricksJob | take 1", /DatabricksJob/],
  ])("finds what is wrong: %s", (query, problem) => {
    expect(problems(query).join()).toMatch(problem);
  });
});

describe("queries on logs, by Azure's own grammar and tables:", () => {
  const page = inPage("docs/observability.md");

  it("the page has some", () => expect(page.length).toBeGreaterThan(5));

  it.each(page)("%s", (_question, query) => {
    expect(problems(query)).toEqual([]);
  });

  it("the alerts", async () => {
    const recording = new Recording();
    new Monitoring("m", {
      ...{ resourceGroupName: "rg", location: "westeurope", workspace: { workspaceId: "/w" } },
      ...{ databricksWorkspaceId: "/d", alertEmails: ["a@example.com"] },
      kafkaCluster: { resource: new hdinsight.Cluster("c", { resourceGroupName: "rg" }), clusterId: "c" },
    });
    await recording.finished();
    const rules = recording.resources.filter(({ type }) => type === "azure-native:monitor:ScheduledQueryRule");
    const queries = rules.map(({ inputs }) => {
      const { allOf } = plain(inputs.criteria) as { allOf: { query: string }[] };
      return allOf[0]?.query ?? "";
    });
    expect(queries).toHaveLength(2);
    for (const query of queries) expect(problems(query), query).toEqual([]);
  });
});
