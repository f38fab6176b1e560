import { execa, type Options } from "execa";
import { afterEach, describe, expect, it } from "vitest";
import { Lines } from "../../../local/display/lines";
import { deploy } from "../../../local/stack/deployment";
import { Interruption } from "../../../local/stack/interruption";
import type { LocalStack, Operation, Watch } from "../../../local/stack/localStack";

/** A stack whose engine is a shell script. */
function stackRunning(script: string): LocalStack {
  const run = async (operation: Operation, args: string[] = [], options: Options = {}, watch: Watch = {}) => {
    watch.say?.("The last run was cut short; looking at what it left.");
    const engine = execa("sh", ["-c", script, "engine", operation, ...args], options);
    watch.started?.(engine);
    return engine;
  };
  return { run } as unknown as LocalStack;
}

const open: Interruption[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.close();
});

function deploying(script: string, operation: "up" | "destroy" = "up") {
  const lines: string[] = [];
  const display = new Lines({ write: (line) => lines.push(line), now: () => 0 });
  const interruption = new Interruption(display, operation === "up" ? "start" : "stop", (code) =>
    lines.push(`ended with ${code}`),
  );
  open.push(interruption);
  return { lines, interruption, done: deploy(stackRunning(script), operation, display, interruption) };
}

const urn = "urn:pulumi:local::streaming::azure-native:hdinsight:Cluster::kafka-cluster";
const state = { type: "azure-native:hdinsight:Cluster", urn, custom: true };
const metadata = { op: "create", urn, type: state.type, old: null, new: state };
const says = (event: object) => `printf '%s\\n' '${JSON.stringify({ sequence: 1, timestamp: 1, ...event })}';`;
const begins = says({ resourcePreEvent: { metadata } });

describe("deploy", () => {
  it("asks the engine for its events and shows them as they come", async () => {
    const { lines, done } = deploying(
      `[ "$1 $2" = "up --json" ] || exit 3; ${begins} ${says({ resOutputsEvent: { metadata } })}`,
    );
    expect(await done).toBe("1 resources changed, 0 unchanged");
    expect(lines).toEqual([
      "  The last run was cut short; looking at what it left.",
      "  kafka-cluster: begins",
      "  kafka-cluster: creating hdinsight:Cluster",
      "  kafka-cluster: created  hdinsight:Cluster (0.0 s)",
    ]);
  });

  it("fails with the engine's reasons, or else with what it wrote", async () => {
    const error = says({
      diagnosticEvent: { urn, message: "QuotaExceeded\n24 cores\n", severity: "error", color: "never" },
    });
    await expect(deploying(`${begins} ${error} exit 255`).done).rejects.toThrow(
      "kafka-cluster: QuotaExceeded\n  24 cores",
    );
    await expect(deploying("echo 'error: no such stack' >&2; exit 255").done).rejects.toThrow("error: no such stack");
  });

  it("hands Ctrl-C on to the engine once, lets it finish, and says that it was stopped", async () => {
    // As the engine does: the first signal is a wish, which it grants when what it has begun is done.
    const script = `trap 'asked=1' INT; ${begins} while [ -z "$asked" ]; do sleep 0.05; done; ${says({ resOutputsEvent: { metadata } })} exit 255`;
    const { lines, done } = deploying(script);
    const failure = expect(done).rejects.toThrow("Stopped. The next `npm start` goes on from here");
    await expect.poll(() => lines.join("\n")).toContain("creating");
    process.emit("SIGINT", "SIGINT");
    await failure;
    expect(lines.join("\n")).toContain("the engine finishes what it has begun");
    expect(lines.at(-1)).toBe("  kafka-cluster: created  hdinsight:Cluster (0.0 s)");
    expect(lines.join("\n")).not.toContain("ended with");
  });

  it("says of a destruction that was stopped how it goes on", async () => {
    const { lines, done } = deploying(
      `[ "$1" = destroy ] || exit 3; trap 'exit 255' INT; ${begins} while :; do sleep 0.05; done`,
      "destroy",
    );
    const failure = expect(done).rejects.toThrow("Stopped. The next `npm stop` goes on from here");
    await expect.poll(() => lines.join("\n")).toContain("creating");
    process.emit("SIGINT", "SIGINT");
    await failure;
  });
});
