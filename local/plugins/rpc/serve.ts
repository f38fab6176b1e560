import { Server, ServerCredentials } from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { EngineLog } from "./engineLog";
import type { Provider } from "./provider";
import { service } from "./service";

/** The engine allows state of this size in one message. */
const MAX_MESSAGE_BYTES = 400 * 1024 * 1024;

/**
 * Runs a provider as a plugin process: listens on a free loopback port, prints it on stdout (where the engine reads
 * it) and serves until the engine ends the process or is gone itself.
 *
 * @param args the process's arguments; the engine passes its address, after flags that are ignored
 */
export async function serve(provider: Provider, args = process.argv.slice(2)): Promise<void> {
  const cancelled = new AbortController();
  const log = new EngineLog(engineAddress(args));
  const server = new Server({
    "grpc.max_receive_message_length": MAX_MESSAGE_BYTES,
    "grpc.max_send_message_length": -1,
  });
  server.addService(ResourceProviderService, service(provider, log, cancelled));
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  endWithEngine(cancelled);
  process.stdout.write(`${port}\n`);
}

/** The first argument that is neither a flag nor the value of `--tracing`. */
export function engineAddress(args: readonly string[]): string | undefined {
  return args.find((arg, i) => !arg.startsWith("-") && args[i - 1] !== "--tracing");
}

/** How often to look whether the engine is still there, in milliseconds. */
const PARENT_CHECK_MS = 2000;

/** Aborts what runs (commands in particular, which would live on) and exits when the engine ends or is gone. */
function endWithEngine(cancelled: AbortController): void {
  const end = (why: string) => (): void => {
    cancelled.abort(new Error(why));
    // One turn of the event loop for the aborted work to end its children.
    setTimeout(() => process.exit(0), 50);
  };
  process.once("SIGINT", end("interrupted"));
  process.once("SIGTERM", end("terminated"));
  // An engine that was killed sends no signal; its children get another parent.
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) end("the Pulumi engine is gone")();
  }, PARENT_CHECK_MS).unref();
}
