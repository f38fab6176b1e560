import { closeSync, existsSync, openSync, readSync, rmSync, statSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { FaultRule } from "../../local/cloud/faults";
import { TestTwin } from "../local/twin";
import { leftovers, type Traces, tracesNow } from "./leftovers";

/** A fault that has happened, as the twin's log has it. */
export interface Fault {
  rule: string;
  method: string;
  path: string;
}

/** A twin whose services can be made to fail, and that is searched for what it left when it ends. */
export class FaultTwin {
  /** How much of the log has been looked at. */
  private read = 0;

  private constructor(
    readonly twin: TestTwin,
    private readonly rulesFile: string,
    private readonly before: Traces,
  ) {}

  static async start(octet: number): Promise<FaultTwin> {
    const before = tracesNow();
    const rulesFile = path.join(process.env.TMPDIR ?? "/tmp", `faults-${octet}-${process.pid}.json`);
    // The supervisor takes it over; this process serves nothing itself.
    process.env.STREAMING_TWIN_FAULTS = rulesFile;
    return new FaultTwin(await TestTwin.start(octet), rulesFile, before);
  }

  get home(): string {
    return this.twin.home;
  }

  /** From now on these rules hold, and their counting begins. */
  rules(...rules: FaultRule[]): void {
    writeFileSync(this.rulesFile, JSON.stringify(rules), { mode: 0o600 });
  }

  noRules(): void {
    rmSync(this.rulesFile, { force: true });
  }

  /** Faults that happened since the last call. */
  newFaults(): Fault[] {
    const file = path.join(this.home, "logs", "twin.log");
    const size = existsSync(file) ? statSync(file).size : 0;
    const buffer = Buffer.alloc(Math.max(0, size - this.read));
    const descriptor = openSync(file, "r");
    readSync(descriptor, buffer, 0, buffer.length, this.read);
    closeSync(descriptor);
    const end = buffer.lastIndexOf("\n") + 1;
    this.read += end;
    return buffer
      .subarray(0, end)
      .toString()
      .split("\n")
      .filter((line) => line.includes('"message":"fault"'))
      .map((line) => JSON.parse(line) as Fault);
  }

  /** Waits for the next fault, until `stop` holds. */
  async nextFault(stop: () => boolean): Promise<Fault | undefined> {
    for (;;) {
      const [fault] = this.newFaults();
      if (fault || stop()) return fault;
      await sleep(20);
    }
  }

  /** Ends everything. Throws, naming it, when something is left. */
  async stop(): Promise<void> {
    this.noRules();
    delete process.env.STREAMING_TWIN_FAULTS;
    await this.twin.stop();
    const left = await leftovers(this.home, this.before);
    if (left.length > 0) throw new Error(`This was left:\n${left.join("\n")}`);
  }
}
