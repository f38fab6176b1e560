import { expect, it } from "vitest";
import { fetchHint } from "../../../tools/diff/source";

it.each([
  ["origin/main", "git fetch origin main:refs/remotes/origin/main`"],
  ["fork/a/b~2", "git fetch fork a/b:refs/remotes/fork/a/b`"],
  ["v1.2", "git fetch origin v1.2` and give `FETCH_HEAD`"],
  ["feature/x^", "git fetch origin feature/x` and give `FETCH_HEAD^`"],
  ["HEAD~9", "Name another one."],
])("%s, which is not here, comes here by %s", (ref, command) => {
  expect(fetchHint(ref, ["origin", "fork"])).toContain(command);
});
