import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { withTables } from "../../tools/markdown";
import { twinTables } from "../../tools/twinDoc/tables";

const text = readFileSync("docs/twin.md", "utf8");

it("docs/twin.md says what the twin imitates now (else: npm run docs:twin)", async () => {
  expect(withTables(text, await twinTables())).toBe(text);
});

it("names what is there", async () => {
  const { arm, databricks, ambari } = await twinTables();
  expect(arm).toContain("| `Microsoft.HDInsight/clusters` | `Azure-AsyncOperation` |");
  expect(arm).toContain("`updateGatewaySettings`");
  expect(databricks).toContain("| POST | `/api/2.1\\|2.2/jobs/run-now` |");
  expect(ambari).toContain("| GET, PUT | `/api/v1/clusters/:cluster/services/:service` |");
});

it("a table without its place is told by name", () => {
  expect(() => withTables("nothing", { arm: "" })).toThrow("no place for the table `arm`");
});
