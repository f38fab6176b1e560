import type { DocumentedCommand } from "./commands";

/** A command that commands.test.ts runs on its local environment, in the order of this list. */
export interface Step {
  command: string;
  /** What is run in its place, where a test has no terminal, needs an edit before or should undo something after. */
  as?: string;
  /** What it prints, sooner or later. */
  prints: RegExp;
  /** It goes on for good: it is ended once it printed that. */
  endless?: boolean;
}

/** With `local` in place of the stack's name: these commands are the same for every stack. */
export const ofLocal = (command: string): string => command.replace(/--stack (?:prod|staging)\b/, "--stack local");

/** Everything that can be tried on one machine, on one local environment from its start to its end. */
export const steps: Step[] = [
  { command: "npm start", prints: /tweets/ },
  { command: "npm run local -- status", prints: /Stack +deployed/ },
  { command: "npm run local -- outputs", prints: /kafkaBrokers/ },
  { command: "npm run topics", prints: /tweets/ },
  { command: "npm run topics -- --stack local --partitions", prints: /tweets/ },
  { command: "npm run consume -- --from beginning", prints: /"text"/, endless: true },
  { command: "npm run consume -- --stack local --from beginning", prints: /"text"/, endless: true },
  { command: "npm run verify -- --stack local", prints: /Missing +0\nDuplicates +0/ },
  { command: "npm run local -- open", prints: /^http:\/\/.*ticket=/m },
  { command: "npm run local -- logs consumer -f", prints: /batch/i, endless: true },
  {
    command: 'eval "$(npm run --silent local -- env)"',
    as: 'eval "$(npm run --silent local -- env)"; echo "$ARM_ENDPOINT"',
    prints: /^https?:\/\//m,
  },
  {
    command: "npm run local -- exec -- curl ...",
    as: "npm run local -- exec -- sh -c 'curl -sS \"$ARM_ENDPOINT/metadata/endpoints?api-version=2022-09-01\"'",
    prints: /"authentication"/,
  },
  {
    command: "npm run local -- break broker 1002",
    as: "npm run local -- break broker 1002 && npm run local -- mend broker wn1",
    prints: /Broker 1002 \(wn1-kafkal\) runs again/,
  },
  {
    command: "npm run local -- preview",
    as: "sed -i 's/partitions: 4/partitions: 6/' Pulumi.local.yaml && npm run local -- preview",
    prints: /update/,
  },
  { command: "npm run local -- up", prints: /updated/ },
  { command: "npm run local -- refresh", prints: /unchanged/ },
  { command: "npm run local -- scale 4", prints: /3 → 4/ },
  { command: "npm run rebalance -- --stack local", prints: /Copies/ },
  { command: "npm run rebalance -- --stack local --apply", prints: /All partitions are where they were to be/ },
  { command: "npm run drift -- --stack local", prints: /local/ },
  {
    command: "npm run new-stack -- staging",
    // The flags stand for the answers of a person. The key is a file that Node makes, as not every machine has ssh-keygen.
    as:
      `node --import tsx -e 'require("fs").writeFileSync("key", ` +
      `require("./local/setup/sshKey").generateSshKeyPair("x").privateKey, { mode: 0o600 })' && ` +
      "npm run new-stack -- staging --ssh-key key --secret gatewayPassword=generate --set kafkaClusterName=docs-kafka " +
      "--set operatorAddresses=203.0.113.7/32 --set databricksUser=me@example.com",
    prints: /Pulumi\.staging\.yaml is complete/,
  },
  // Without a login to Azure it ends with 1, and says what is missing.
  { command: "npm run doctor", as: "npm run doctor || test $? = 1", prints: /az login/ },
  { command: "npm stop", prints: /resources changed.*Stopped, after/s },
];

/** Commands that need what no test has, or that another test runs. The first pattern that fits a command counts. */
const ways: { why: string; pattern: RegExp; page?: RegExp }[] = [
  { why: "run by `tests/docs/configuration.test.ts`", pattern: /^(?!.*\$\(az )(?:cat .* \| )?pulumi config set /s },
  { why: "run by `tests/docs/configuration.test.ts`", pattern: /^pulumi stack init dev$/ },
  { why: "run by `tests/examples/examples.test.ts`", pattern: /npx tsx client\.ts$/, page: /^examples/ },
  { why: "is for those who release a version", pattern: /record\.ts/ },
  { why: "run by `tests/package/program.test.ts`", pattern: /^pulumi package add \.\./ },
  { why: "is this suite, or runs it", pattern: /^npm (?:ci|test|run check|run test:faults)$|^npx vitest/ },
  {
    why: "is for measuring; its parts are run by `tests/bench/`",
    pattern: /^npm run (?:bench\b|docs:bench$)/,
  },
  {
    why: "needs two versions of the project; the comparison is tried by `tests/tools/diff/`",
    pattern: /^npm run diff -- --base /,
  },
  {
    why: "needs virtual networks on this machine, which not every one allows",
    pattern: /^npm run local -- exec --in /,
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
  if (steps.some((step) => step.command === ofLocal(command))) return "run by `tests/docs/commands.test.ts`";
  return ways.find(({ pattern, page: only }) => pattern.test(command) && (only?.test(page) ?? true))?.why;
}
