import type { Call, Provider, Resource } from "../rpc/provider";
import { type Props, text } from "../rpc/values";
import { stringList, stringMap } from "./inputs";
import { localCommand } from "./localCommand";
import { runLocally } from "./localProcess";
import { Output } from "./output";
import { remoteCommand } from "./remoteCommand";

const resources: Readonly<Record<string, Resource>> = {
  "command:local:Command": localCommand,
  "command:remote:Command": remoteCommand,
};

/** `@pulumi/command`: runs commands on this machine and over SSH. */
export class CommandProvider implements Provider {
  readonly name = "command";
  readonly version = "1.2.1";

  /** The provider has no configuration. */
  configure(): void {}

  resource(type: string): Resource {
    const resource = resources[type];
    if (resource) return resource;
    throw new Error(
      `the bundled command plugin has no resource type \`${type}\`: it has ${Object.keys(resources).join(", ")}. ` +
        "The official plugin has the rest: pulumi plugin install resource command 1.2.1",
    );
  }

  async invoke(token: string, args: Props, { log, signal }: Pick<Call, "signal" | "log">): Promise<Props> {
    if (token !== "command:local:run") {
      throw new Error(`the bundled command plugin has no function \`${token}\`: it has command:local:run`);
    }
    const output = new Output(log, text(args, "logging"));
    const command = text(args, "command");
    if (command === undefined) throw new Error("`command` is missing: give command:local:run a command to run");
    await runLocally(
      {
        command,
        interpreter: stringList(args.interpreter),
        dir: text(args, "dir"),
        environment: stringMap(args.environment),
        stdin: text(args, "stdin"),
      },
      output,
      signal,
    );
    return { ...args, ...output.result() };
  }
}
