import * as os from "node:os";
import { findJava, javaBinary } from "../local/setup/prerequisites";
import { pulumiOrigin } from "../local/setup/pulumi";
import type { Machine } from "./model";

/** What this machine is, in the words that numbers of it need beside them. Names neither host nor user. */
export function describeMachine(): Machine {
  const processors = os.cpus();
  return {
    processor: processors[0]?.model.trim() || os.machine(),
    cores: processors.length,
    memoryGB: Math.round(os.totalmem() / 2 ** 30),
    system: `${os.type()} ${os.release().replace(/[-+].*/, "")} ${os.arch()}`,
    node: process.versions.node,
    java: String(findJava([javaBinary()]).version),
    pulumi: pulumiOrigin()?.version ?? "none",
  };
}
