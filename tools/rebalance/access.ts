import { ExecaError, execa } from "execa";
import { z } from "zod";
import { projectRoot } from "../../local/paths";
import { Impossible } from "../stack/failure";
import { brokerAddresses, readSomeOutputs } from "../stack/outputs";
import type { Login } from "./headNode";

const outputs = z.object({ kafkaBrokers: brokerAddresses, sshEndpoint: z.string().regex(/^\S+:\d+$/) });

/** What the tool needs to know of a stack: its brokers as `HOST:PORT`, and a way in. */
export async function accessTo(stack: string, env: NodeJS.ProcessEnv): Promise<{ brokers: string[]; login: Login }> {
  const { kafkaBrokers, sshEndpoint } = await readSomeOutputs(stack, env, outputs);
  const [host = "", port] = sshEndpoint.split(":");
  return { brokers: kafkaBrokers, login: { host, port: Number(port), ...(await credentials(stack, env)) } };
}

async function credentials(stack: string, env: NodeJS.ProcessEnv): Promise<Pick<Login, "username" | "privateKey">> {
  if (stack === "local") {
    // Its configuration is written anew for each run of the engine; the keys stay.
    const { twinPaths } = await import("../../local/paths.js");
    const { loadKeys } = await import("../../local/setup/keys.js");
    return { username: "sshuser", privateKey: (await loadKeys(twinPaths().root)).ssh.privateKey };
  }
  const [username, privateKey] = await Promise.all(["sshUser", "sshPrivateKey"].map((key) => configured(key)));
  return { username: username as string, privateKey: privateKey as string };

  async function configured(key: string): Promise<string> {
    try {
      const args = ["config", "get", `streaming:${key}`, "--stack", stack];
      const { stdout } = await execa("pulumi", args, { cwd: projectRoot, env, extendEnv: false });
      return stdout;
    } catch (error) {
      if (!(error instanceof ExecaError)) throw error;
      throw new Impossible(`\`streaming:${key}\` of stack ${stack} cannot be read: ${error.stderr || error.code}`);
    }
  }
}
