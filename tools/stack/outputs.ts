import * as path from "node:path";
import { ExecaError, execa } from "execa";
import { z } from "zod";
import { Impossible } from "./failure";

const root = path.resolve(__dirname, "../..");

/** Addresses of brokers. */
export const brokerAddresses = z
  .array(z.string().regex(/^\S+:\d+$/, "must be HOST:PORT"))
  .min(1, "must name at least one broker");

const outputs = z.object({
  kafkaBrokers: brokerAddresses,
  /** By address, whatever the brokers are called. */
  zookeeperNodes: z.array(z.string()).optional(),
  topics: z.array(
    z.object({
      name: z.string(),
      partitions: z.number(),
      replicationFactor: z.number(),
      config: z.record(z.string(), z.string()).default({}),
    }),
  ),
  workspaceUrl: z.url(),
  consumerJobUrl: z.url(),
});

/** The outputs of a stack that verification starts from. */
export type Outputs = z.output<typeof outputs>;

/** Asks the Pulumi CLI for the outputs of a stack that is deployed. */
export function readOutputs(stack: string, env: NodeJS.ProcessEnv): Promise<Outputs> {
  return readSomeOutputs(stack, env, outputs);
}

/** The same for other outputs. */
export async function readSomeOutputs<S extends z.ZodType>(
  stack: string,
  env: NodeJS.ProcessEnv,
  schema: S,
): Promise<z.output<S>> {
  return parse(JSON.parse(await stackOutput(stack, env)), stack, schema);
}

/** Checks what the CLI says. An output that is not there yet means a stack that is not deployed to its end. */
export function parseOutputs(json: unknown, stack: string): Outputs {
  return parse(json, stack, outputs);
}

function parse<S extends z.ZodType>(json: unknown, stack: string, schema: S): z.output<S> {
  const result = schema.safeParse(json, {
    error: ({ input }) => (input === undefined ? "is not there" : undefined),
  });
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path, message }) => `\`${path.join(".")}\`: ${message}`);
  throw new Impossible(
    `The outputs of stack ${stack} are not what a deployed stack has. Deploy it first, with \`pulumi up --stack ${stack}\`.\n  ${problems.join("\n  ")}`,
  );
}

async function stackOutput(stack: string, env: NodeJS.ProcessEnv): Promise<string> {
  try {
    const options = { cwd: root, env, extendEnv: false };
    const { stdout } = await execa("pulumi", ["stack", "output", "--json", "--stack", stack], options);
    return stdout;
  } catch (error) {
    if (!(error instanceof ExecaError)) throw error;
    const cause = error.code === "ENOENT" ? "the Pulumi CLI is not on PATH" : error.stderr || error.shortMessage;
    throw new Impossible(`The outputs of stack ${stack} cannot be read: ${cause}`);
  }
}
