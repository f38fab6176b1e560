import type { DocumentedCommand } from "./commands";

/** Commands that need what no test has, or that another test runs. The first pattern that fits a command counts. */
const ways: { why: string; pattern: RegExp; page?: RegExp }[] = [
  { why: "run by `tests/docs/configuration.test.ts`", pattern: /^(?!.*\$\(az )(?:cat .* \| )?pulumi config set /s },
  { why: "run by `tests/docs/configuration.test.ts`", pattern: /^pulumi stack init dev$/ },
  { why: "run by `tests/examples/examples.test.ts`", pattern: /npx tsx client\.ts$/, page: /^examples/ },
  { why: "is for those who release a version", pattern: /record\.ts/ },
  { why: "run by `tests/package/program.test.ts`", pattern: /^pulumi package add \.\./ },
  { why: "is this suite, or runs it", pattern: /^npm (?:ci|test|run check|run test:faults)$|^npx vitest/ },
  {
    why: "is for measuring; its parts are run by `tests/bench/command.test.ts`",
    pattern: /^npm run (?:bench\b|docs:bench$)/,
  },
  { why: "run by `tests/tools/newStack/create.test.ts`", pattern: /^npm run new-stack / },
  {
    why: "needs two versions of the project; the comparison is tried by `tests/tools/diff/`",
    pattern: /^npm run diff -- --base /,
  },
  {
    why: "needs a running local environment, which no test of these pages starts",
    pattern: /^npm (?:start|stop)$|^npm run local |local -- env|^npm run (?:topics|consume|verify|doctor)\b/,
  },
  { why: "needs GitHub", pattern: /\bgh (?:api|variable|secret) / },
  { why: "needs Azure", pattern: /^az |\baz identity |"azblob:|"azurekeyvault:/ },
  { why: "needs Azure", pattern: /^pulumi (?:up|destroy|preview|refresh|import)\b/ },
  { why: "needs Azure", pattern: /^npm run (?:drift|rebalance|diff) .*--stack/ },
  { why: "needs Azure", pattern: /^for node in .*ssh /s },
  { why: "needs Pulumi Cloud", pattern: /^pulumi env / },
  { why: "needs a release of the package", pattern: /^npm install |^pulumi package add / },
  { why: "needs the official plugins", pattern: /^pulumi plugin install |--plugins installed$/ },
];

/** How a command is tried, or why it is not; undefined where nobody said. */
export function howTried({ command, page }: DocumentedCommand): string | undefined {
  return ways.find(({ pattern, page: only }) => pattern.test(command) && (only?.test(page) ?? true))?.why;
}
